"""What is known of devices."""

from sqlmodel import Field, SQLModel


class Model(SQLModel, table=True):
    """A type of device, by the first eight digits of its PEIs."""

    __tablename__ = "dish_device_model"

    tac: str = Field(primary_key=True)
    manufacturer: str
    model: str
    equipment_type: str = "PHONE"
    is_compatible: bool = True


class BlockedDevice(SQLModel, table=True):
    """A device that was reported lost or stolen."""

    __tablename__ = "dish_blocked_device"

    pei: str = Field(primary_key=True)
