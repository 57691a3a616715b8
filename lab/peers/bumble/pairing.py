"""Pairing of Bumble with what 0.0.236 leaves out: the size of the key that both sides agreed on, another attempt on
the same link, and devices that insist on more than the least."""

from bumble import smp
from bumble.smp import ErrorCode


def cut(key, size):
    """A key of so many octets, as the functions of the specification take it."""
    return key[:size] + bytes(len(key) - size)


class Session(smp.Session):
    """Keys are cut to the agreed size wherever they leave the session."""

    # What the device insists on; nothing for a central.
    strict = False

    @property
    def key_size(self):
        return min(self.preq[4], self.pres[4])

    def on_smp_pairing_request_command(self, command):
        secure = command.auth_req & smp.AuthReq.SC
        speechless = command.io_capability == smp.IoCapability.NO_INPUT_NO_OUTPUT
        if self.strict and (not secure or speechless):
            self.send_pairing_failed(ErrorCode.AUTHENTICATION_REQUIREMENTS)
        elif self.strict and command.maximum_encryption_key_size < 16:
            self.send_pairing_failed(ErrorCode.ENCRYPTION_KEY_SIZE)
        else:
            super().on_smp_pairing_request_command(command)

    def get_long_term_key(self, rand, ediv):
        key = super().get_long_term_key(rand, ediv)
        return key and cut(key, self.key_size)

    def start_encryption(self, key):
        super().start_encryption(cut(key, self.key_size))

    def distribute_keys(self):
        self.ltk = cut(self.ltk, self.key_size)
        super().distribute_keys()

    def on_pairing_failure(self, reason):
        super().on_pairing_failure(reason)
        # The next request on this link begins anew.
        self.manager.on_session_end(self)


class StrictSession(Session):
    """Takes LE Secure Connections with protection against somebody in the middle and a key of 16 octets, or refuses."""

    strict = True
