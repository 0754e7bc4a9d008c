"""Mail addresses as people type them: checked in form, never asked about in the network. The only module that imports email_validator."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from corpus.errors import InvalidData

LONGEST = 254
"""RFC 5321, 4.5.3.1.3: a path has 256 characters, two of them brackets."""


def mail_address(text: str) -> str:
    """The address in the form in which mail is sent to it; its domain in lower case and, where it has other letters, as ``xn--``.

    >>> mail_address(" An.Nguyen@ViDu.VN ")
    'An.Nguyen@vidu.vn'

    Raises: InvalidData for what is no address that plain SMTP reaches.
    """
    if len(text) > 2 * LONGEST:
        raise InvalidData("the address is too long")
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, test_environment=False)
    except EmailNotValidError as error:
        raise InvalidData(f"no mail address: {error}") from error
    address = found.ascii_email
    if address is None or len(address) > LONGEST:
        raise InvalidData("the address is too long, or no plain one")
    return address
