"""What Flask-Security says, in our words: its key, our text, the tone."""

from __future__ import annotations

from portal.kernel.text import t

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (t("The e-mail address or the password is wrong."), "error"),
    "GENERIC_RECOVERY": (
        t("If this address has a sign-in, a link to choose a new password is on its way to it."),
        "info",
    ),
    "PASSWORD_RESET_REQUEST": (
        t("If this address has a sign-in, a link to choose a new password is on its way to it."),
        "info",
    ),
    "UNAUTHENTICATED": (t("Please sign in first."), "info"),
    "UNAUTHORIZED": (t("Your role does not allow this."), "error"),
    "REAUTHENTICATION_REQUIRED": (t("Please enter your password once more."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (t("Thank you. You may go on."), "success"),
    "LOGIN": (t("Please sign in first."), "info"),
    "REFRESH": (t("Please enter your password once more."), "info"),
    "FORGOT_PASSWORD": (t("Forgot the password?"), "info"),
    "RETYPE_PASSWORD_MISMATCH": (t("The two passwords differ."), "error"),
    "INVALID_PASSWORD": (t("The password is wrong."), "error"),
    "INVALID_PASSWORD_CODE": (t("The password or code is wrong."), "error"),
    "PASSWORD_NOT_PROVIDED": (t("Enter the password."), "error"),
    "EMAIL_NOT_PROVIDED": (t("Enter the e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (t("This is not an e-mail address."), "error"),
    "PASSWORD_IS_THE_SAME": (t("The new password must differ from the present one."), "error"),
    "PASSWORD_CHANGE": (
        t("Your password is changed. You are signed out everywhere else."),
        "success",
    ),
    "PASSWORD_RESET_NO_LOGIN": (t("Your password is changed. Sign in with it."), "success"),
    "PASSWORD_RESET_EXPIRED": (t("This link is too old. Ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (
        t("This link was used already or is not whole. Ask for a new one."),
        "error",
    ),
    "ANONYMOUS_USER_REQUIRED": (t("You are signed in already."), "info"),
    "INVALID_REDIRECT": (t("That address is not part of this portal."), "error"),
    "INVALID_CODE": (t("The code is wrong or too old."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (t("The code is wrong or too old."), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (t("You are signed in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        t("The second factor is set up. Make recovery codes now, in case the phone is lost."),
        "success",
    ),
    "TWO_FACTOR_PERMISSION_DENIED": (t("Please sign in first."), "info"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (t("The second factor is compulsory here."), "error"),
    "TWO_FACTOR_DISABLED": (t("The second factor is off."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (t("This took too long. Start again."), "error"),
    "INVALID_RECOVERY_CODE": (t("This recovery code is wrong or was used before."), "error"),
    "NO_RECOVERY_CODES_SETUP": (t("There are no recovery codes yet."), "info"),
    "API_ERROR": (t("This was not understood."), "error"),
    "WEBAUTHN_EXPIRED": (t("This took too long. Start again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (t("Give the passkey a name."), "error"),
    "WEBAUTHN_NAME_INUSE": (t("You have a passkey of this name already."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (t("There is no such passkey."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (
        t("A name has letters, figures, blanks and dashes."),
        "error",
    ),
    "WEBAUTHN_CREDENTIAL_DELETED": (
        t("The passkey is removed. You are signed out everywhere else."),
        "success",
    ),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (
        t("The passkey is added. You are signed out everywhere else."),
        "success",
    ),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (t("This passkey is known already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (t("This passkey does not open this portal."), "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (t("This passkey does not open this portal."), "error"),
    "WEBAUTHN_NO_VERIFY": (t("The passkey could not be checked. Start again."), "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (
        t("This passkey was made for another step of signing in."),
        "error",
    ),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (t("This passkey is somebody else's."), "error"),
    "INVALID_INPUT": (t("A name has letters, figures, blanks and dashes."), "error"),
}
