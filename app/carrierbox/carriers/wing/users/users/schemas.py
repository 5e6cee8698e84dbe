"""What the calls about users are sent."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from carrierbox.carriers.wing.bodies import Body, Flag, Name, Text


def _username(name: str) -> str:
    if any(sign.isspace() for sign in name):
        raise ValueError("must not contain a blank")
    return name.lower()  # as Keycloak keeps it


def _decoded(password: str) -> str:
    try:
        clear = base64.b64decode(password, validate=True).decode()
    except (binascii.Error, ValueError) as unreadable:
        raise ValueError("must be the Base64 of a password in UTF-8") from unreadable
    if not clear:
        raise ValueError("must not be empty")
    return clear


class UserChange(Body):
    """A user as 3.4 and 3.19 write it: all mandatory but the group."""

    username: Annotated[Name, AfterValidator(_username)]
    first_name: Text
    last_name: Text
    user_category: Literal["ACCOUNT", "GROUP"]
    default_language: Name
    email: Annotated[Name, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    email_verified: Flag
    enabled: Flag
    user_group_id: Name | None = None


class NewUser(UserChange):
    """A user as 3.3 and 3.18 make it: all mandatory."""

    user_group_id: Name


class NewPassword(Body):
    """What 3.20 sets; in clear from here on."""

    password: Annotated[Text, AfterValidator(_decoded)] = Field(repr=False)
    temporary: Flag = False
