"""Plays the water heater on Bumble, an independent Bluetooth stack, for hosts that speak HCI (H4) over TCP.

Prints JSON lines: first `ready` with the adapter and the address of the heater, then what a person would see at it.
Each line of the standard input looks at the panel: what it shows now is printed as `panel`. Ends with its input.
"""

import argparse
import asyncio
import json
import logging
import secrets
import sys

from bumble.device import Device, DeviceConfiguration
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import PairingMethod

from air import Air
from heater import AUTHENTICATION, ENCRYPTION, NOTHING, Heater
from pairing import Session, StrictSession

NO_PANEL = PairingDelegate.NO_OUTPUT_NO_INPUT
DISPLAY = PairingDelegate.DISPLAY_OUTPUT_ONLY
BUTTONS = PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT


class Mode:
    """How a device pairs, and what it asks for: `protection` in general, `settings` before it is configured."""

    def __init__(self, panel, protection, secure=True, strict=False, size=16, settings=None):
        self.panel = panel
        self.protection = protection
        self.secure = secure
        self.strict = strict
        self.size = size
        self.settings = protection if settings is None else settings


MODES = {
    "open": Mode(NO_PANEL, NOTHING),
    "just-works": Mode(NO_PANEL, ENCRYPTION),
    "passkey": Mode(DISPLAY, AUTHENTICATION, strict=True),
    # As the stack does it where nobody says more: it goes down with whoever asks for less.
    "passkey-lenient": Mode(DISPLAY, AUTHENTICATION),
    "numeric-comparison": Mode(BUTTONS, AUTHENTICATION, strict=True),
    "legacy-just-works": Mode(NO_PANEL, ENCRYPTION, secure=False),
    "legacy-passkey": Mode(DISPLAY, AUTHENTICATION, secure=False),
    "short-key": Mode(DISPLAY, AUTHENTICATION, size=7),
    "open-config": Mode(DISPLAY, AUTHENTICATION, strict=True, settings=NOTHING),
}


def told(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Panel(PairingDelegate):
    """What a person sees at the device, and does there."""

    shown = None

    async def generate_passkey(self):
        # Bumble takes 000000 for no passkey at all.
        passkey = 1 + secrets.randbelow(999_999)
        Panel.shown = f"{passkey:06}"
        told("passkey", passkey=Panel.shown)
        return passkey

    async def compare_numbers(self, number, digits):
        told("compare", number=f"{number:06}")
        return True


class Keys:
    """Which links are encrypted by a key that was agreed with protection against somebody in the middle. Also finds
    the key of an earlier legacy pairing: Bumble 0.0.236 takes the one that the central gave for its own."""

    def __init__(self, device):
        self.device = device
        self.authenticated = set()
        self.inner = device.host.long_term_key_provider
        device.host.long_term_key_provider = self.give

    async def give(self, handle, rand, ediv):
        self.authenticated.discard(handle)
        session = self.device.smp_manager.sessions.get(handle)
        if session and not session.completed:
            key = await self.inner(handle, rand, ediv)
            authenticated = session.pairing_method != PairingMethod.JUST_WORKS
        else:
            connection = self.device.lookup_connection(handle)
            kept = await self.device.keystore.get(str(connection.peer_address))
            ltk = kept and (kept.ltk or kept.ltk_central)
            key, authenticated = (ltk.value, ltk.authenticated) if ltk else (None, False)
        if key and authenticated:
            self.authenticated.add(handle)
        return key

    def protect(self, connection):
        return bool(connection.encryption) and connection.handle in self.authenticated


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--verbose", action="store_true", help="show what Bumble logs")
    arguments = parser.parse_args()
    mode = MODES[arguments.mode]
    # It takes it for an error that the other side distributes no key, and notices that it is ended.
    logging.basicConfig(level=logging.WARNING if arguments.verbose else logging.CRITICAL)

    air = Air()
    configuration = DeviceConfiguration(
        name="HK-100",
        # A static random address, as the two highest bits say.
        address=Address(f"D3{secrets.token_hex(5)}".upper()),
        advertising_interval_min=30,
        advertising_interval_max=30,
        irk=secrets.token_bytes(16),
        identity_address_type=Address.RANDOM_DEVICE_ADDRESS,
        gap_service_enabled=False,
        gatt_service_enabled=False,
    )
    device = Device(config=configuration, host=air.host_inside("02:B1:E0:00:02:36"))
    device.keystore = MemoryKeyStore()
    device.smp_session_proxy = StrictSession if mode.strict else Session
    device.pairing_config_factory = lambda _: PairingConfig(
        sc=mode.secure,
        mitm=mode.panel != NO_PANEL,
        bonding=True,
        delegate=Panel(io_capability=mode.panel, maximum_encryption_key_size=mode.size),
        identity_address_type=PairingConfig.AddressType.RANDOM,
    )
    keys = Keys(device)
    heater = Heater(mode.protection, mode.settings, keys.protect, told)
    heater.guard_subscriptions(device.gatt_server)
    device.add_services(heater.services)
    device.advertising_data, device.scan_response_data = heater.advertisement(), heater.scan_response()

    def connected(connection):
        def ended(event, **more):
            Panel.shown = None
            told(event, **more)

        def disconnected(_):
            heater.forget(connection)
            ended("disconnected")

        connection.on(
            connection.EVENT_PAIRING, lambda _: ended("paired", secure_connections=bool(connection.sc))
        )
        connection.on(
            connection.EVENT_PAIRING_FAILURE, lambda reason: ended("not-paired", reason=int(reason))
        )
        connection.on(connection.EVENT_DISCONNECTION, disconnected)

    device.on(Device.EVENT_CONNECTION, connected)
    await device.power_on()
    await device.start_advertising(auto_restart=True)
    port = await air.serve()
    told("ready", adapter=f"tcp:127.0.0.1:{port}", address=f"{device.random_address.to_string(False)}/random")
    while await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        told("panel", passkey=Panel.shown)


asyncio.run(main())
