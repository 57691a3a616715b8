"""The services of the water heater, with the identifiers that the lab's own has."""

from bumble import gatt
from bumble.att import ATT_Error, Attribute
from bumble.core import UUID, AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Descriptor, Service

NAME = "HK-100"
MANUFACTURER = b"Hinode Kettle Works"
FIRMWARE = b"1.4.2"
SERIAL = "HK100-26-000236"
PIN = b"236236"

# Errors as the heater gives them.
READ_NOT_PERMITTED = 0x02
WRITE_NOT_PERMITTED = 0x03
INSUFFICIENT_AUTHENTICATION = 0x05
INSUFFICIENT_AUTHORIZATION = 0x08
VALUE_LENGTH = 0x0D
WRONG_PIN = 0x80
IMAGE_REFUSED = 0x82
OUT_OF_ORDER = 0x83
OUT_OF_RANGE = 0xFF

# What has to be shown before something is read or written.
NOTHING, ENCRYPTION, AUTHENTICATION, PIN_FIRST = range(4)

READ = Characteristic.Properties.READ
WRITE = Characteristic.Properties.WRITE
WRITE_UNANSWERED = Characteristic.Properties.WRITE_WITHOUT_RESPONSE
NOTIFY = Characteristic.Properties.NOTIFY
MAY = Attribute.Permissions


def own(number):
    """An identifier of the maker."""
    return UUID(f"484b{number:04x}-6b65-4774-8c1e-2a93d05f71b6")


class Heater:
    """What is written, and who may. `protection` is what a device asks for that is sound but for its pairing;
    `settings` what it asks for before it is configured; `is_authenticated` tells of a link."""

    def __init__(self, protection, settings, is_authenticated, told):
        self.protection = protection
        self.is_authenticated = is_authenticated
        self.told = told
        self.wifi_name = None
        self.wifi_password = None
        self.target = 42
        self.owner = b""
        self.pin_given = set()
        update = NOTHING if protection == NOTHING else PIN_FIRST
        generic_access = Service(
            UUID.from_16_bits(0x1800), [self._fixed(0x2A00, NAME.encode()), self._fixed(0x2A01, b"\x80\x05")]
        )
        generic_attribute = Service(UUID.from_16_bits(0x1801), [])
        device_information = Service(
            UUID.from_16_bits(0x180A),
            [
                self._fixed(0x2A29, MANUFACTURER),
                self._fixed(0x2A24, NAME.encode()),
                self._value(UUID.from_16_bits(0x2A25), READ, protection, read=lambda: SERIAL.encode()),
                self._value(UUID.from_16_bits(0x2A26), READ, protection, read=lambda: FIRMWARE),
            ],
        )
        self.status = self._value(own(0x0103), READ | NOTIFY, NOTHING, read=self._status)
        provisioning = Service(
            own(0x0100),
            [
                self._value(own(0x0101), WRITE, settings, write=self._set_wifi_name),
                self._value(own(0x0102), WRITE, settings, write=self._set_wifi_password),
                self.status,
            ],
        )
        settings_service = Service(
            own(0x0200),
            [
                self._value(
                    own(0x0201), READ | WRITE, settings, lambda: bytes([self.target]), self._set_target
                ),
                self._value(own(0x0202), READ | WRITE, settings, lambda: self.owner, self._set_owner),
                self._value(own(0x0203), WRITE, protection, write=None, enter=True),
            ],
        )
        self.update_status = self._value(own(0x0303), READ | NOTIFY, update, read=lambda: bytes(5))
        update_service = Service(
            own(0x0300),
            [
                self._value(own(0x0301), WRITE, update, write=self._control_update),
                self._value(own(0x0302), WRITE_UNANSWERED, update, write=lambda _: None),
                self.update_status,
            ],
        )
        self.services = [
            generic_access,
            generic_attribute,
            device_information,
            provisioning,
            settings_service,
            update_service,
        ]
        self.subscribing = {self.status: protection, self.update_status: update}

    def guard_subscriptions(self, server):
        """Who may subscribe is asked of the descriptor, too. Before the services are added."""
        for characteristic, need in self.subscribing.items():
            value = server.make_descriptor_value(characteristic)
            write, inside = value.write, self._guard

            def guarded(bearer, octets, need=need, write=write):
                inside(bearer, need)
                return write(bearer, octets)

            value.write = guarded
            permissions = MAY.READABLE | MAY.WRITEABLE
            if need == ENCRYPTION:
                permissions |= MAY.WRITE_REQUIRES_ENCRYPTION
            kind = gatt.GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
            descriptor = Descriptor(kind, permissions, value)
            characteristic.descriptors = (*characteristic.descriptors, descriptor)

    def forget(self, connection):
        """The link ended."""
        self.pin_given.discard(connection.handle)

    def _guard(self, connection, need):
        """Bumble takes a link for authenticated that was paired by just works, so the key is looked at here."""
        under = self.protection if need == PIN_FIRST else need
        if under == AUTHENTICATION and not self.is_authenticated(connection):
            raise ATT_Error(INSUFFICIENT_AUTHENTICATION)
        if need == PIN_FIRST and connection.handle not in self.pin_given:
            raise ATT_Error(INSUFFICIENT_AUTHORIZATION)

    def _fixed(self, number, value):
        return self._value(UUID.from_16_bits(number), READ, NOTHING, read=lambda: value)

    def _value(self, uuid, properties, need, read=None, write=None, enter=False):
        permissions = MAY(0)
        if properties & READ:
            permissions |= MAY.READABLE
            if need == ENCRYPTION:
                permissions |= MAY.READ_REQUIRES_ENCRYPTION
        if properties & (WRITE | WRITE_UNANSWERED):
            permissions |= MAY.WRITEABLE
            if need == ENCRYPTION:
                permissions |= MAY.WRITE_REQUIRES_ENCRYPTION

        # Bumble asks whether a link reaches, and not whether there is anything to read or write at all.
        def guarded_read(connection):
            if not properties & READ:
                raise ATT_Error(READ_NOT_PERMITTED)
            self._guard(connection, need)
            return read()

        def guarded_write(connection, value):
            if not properties & (WRITE | WRITE_UNANSWERED):
                raise ATT_Error(WRITE_NOT_PERMITTED)
            self._guard(connection, need)
            if enter:
                self._enter_pin(connection, value)
            else:
                write(value)
            self.told("written", characteristic=str(uuid), octets=len(value))

        return Characteristic(
            uuid, properties, permissions, CharacteristicValue(read=guarded_read, write=guarded_write)
        )

    def _status(self):
        return bytes([(self.wifi_name is not None) + (self.wifi_password is not None)])

    def _set_wifi_name(self, value):
        self.wifi_name, self.wifi_password = _text(value, 1, 32), None

    def _set_wifi_password(self, value):
        if self.wifi_name is None:
            raise ATT_Error(OUT_OF_ORDER)
        self.wifi_password = _text(value, 8, 63)

    def _set_target(self, value):
        if len(value) != 1:
            raise ATT_Error(VALUE_LENGTH)
        if not 32 <= value[0] <= 60:
            raise ATT_Error(OUT_OF_RANGE)
        self.target = value[0]

    def _set_owner(self, value):
        self.owner = _text(value, 0, 48)

    def _enter_pin(self, connection, value):
        if len(value) != len(PIN):
            raise ATT_Error(VALUE_LENGTH)
        if value != PIN:
            raise ATT_Error(WRONG_PIN)
        self.pin_given.add(connection.handle)

    def _control_update(self, value):
        if len(value) not in (1, 5):
            raise ATT_Error(VALUE_LENGTH)
        # No image carries a signature here, so none is taken.
        if value[0] == 2:
            raise ATT_Error(IMAGE_REFUSED)

    @staticmethod
    def advertisement():
        flags, name = bytes([6]), NAME.encode()
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, flags),
                    (AdvertisingData.COMPLETE_LOCAL_NAME, name),
                    (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, own(0x0100).to_bytes()),
                ]
            )
        )

    @staticmethod
    def scan_response():
        return bytes(
            AdvertisingData(
                [
                    (
                        AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                        UUID.from_16_bits(0x180A).to_bytes(),
                    ),
                    (AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, own(0x0200).to_bytes()),
                ]
            )
        )


def _text(value, least, most):
    if not least <= len(value) <= most:
        raise ATT_Error(VALUE_LENGTH)
    try:
        value.decode()
    except UnicodeDecodeError as error:
        raise ATT_Error(OUT_OF_RANGE) from error
    return value
