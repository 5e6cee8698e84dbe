"""Shells complete verbs and flags."""

import pytest


@pytest.mark.parametrize(
    ("words", "expected"),
    [("carrierbox wor", "world"), ("carrierbox world sa", "save"), ("carrierbox serve --pa", "--pace")],
)
def test_bash_is_told_what_can_follow(run, words, expected):
    ended = run(_CARRIERBOX_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
    assert expected in ended.out.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_the_shell_is_shown(run, shell):
    ended = run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert 0 == ended.code, ended.err
    assert "_CARRIERBOX_COMPLETE" in ended.out
