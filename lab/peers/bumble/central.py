"""Pairs with a device as Bumble does, an independent Bluetooth stack, over a controller that speaks HCI (H4) by TCP,
and reads what there is to read.

Prints JSON lines: `paired` or `not-paired`, `read` for each characteristic, `done`. Asks for a passkey by
`passkey-wanted` and takes it from the standard input.
"""

import argparse
import asyncio
import json
import logging
import secrets
import sys

from bumble.core import ProtocolError
from bumble.device import Device, DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport import open_transport

from pairing import Session

# What the tester has, and whether it knows LE Secure Connections.
ATTEMPTS = {
    "none": None,
    "just-works": (PairingDelegate.NO_OUTPUT_NO_INPUT, True),
    "passkey": (PairingDelegate.KEYBOARD_INPUT_ONLY, True),
    "numeric-comparison": (PairingDelegate.DISPLAY_OUTPUT_AND_YES_NO_INPUT, True),
    "legacy-just-works": (PairingDelegate.NO_OUTPUT_NO_INPUT, False),
    "legacy-passkey": (PairingDelegate.KEYBOARD_INPUT_ONLY, False),
}


def told(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


async def line():
    return (await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)).strip()


class Person(PairingDelegate):
    """Whoever uses the tester."""

    async def get_number(self):
        told("passkey-wanted")
        return int(await line())

    async def compare_numbers(self, number, digits):
        told("compare", number=f"{number:06}")
        return await line() == "same"


async def pair(connection):
    authenticated = asyncio.get_running_loop().create_future()

    def keys_came(keys):
        ltks = [ltk for ltk in (keys.ltk, keys.ltk_central, keys.ltk_peripheral) if ltk]
        authenticated.set_result(any(ltk.authenticated for ltk in ltks))

    connection.on(connection.EVENT_PAIRING, keys_came)
    try:
        await asyncio.wait_for(connection.pair(), 30)
    except ProtocolError as error:
        told("not-paired", reason=int(error.error_code))
    else:
        told("paired", authenticated=await authenticated, secure_connections=bool(connection.sc))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("controller", help="ADDRESS:PORT")
    parser.add_argument("device", help="random address")
    parser.add_argument("attempt", choices=ATTEMPTS)
    parser.add_argument("--key-size", type=int, default=16)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.CRITICAL)

    transport = await open_transport(f"tcp-client:{arguments.controller}")
    configuration = DeviceConfiguration(name="tester", address=Address(f"E3{secrets.token_hex(5)}".upper()))
    device = Device.from_config_with_hci(configuration, transport.source, transport.sink)
    device.keystore = MemoryKeyStore()
    device.smp_session_proxy = Session
    await device.power_on()
    target = Address(arguments.device, Address.RANDOM_DEVICE_ADDRESS)
    connection = await asyncio.wait_for(device.connect(target), 10)
    if attempt := ATTEMPTS[arguments.attempt]:
        panel, secure = attempt
        device.pairing_config_factory = lambda _: PairingConfig(
            sc=secure,
            mitm=panel != PairingDelegate.NO_OUTPUT_NO_INPUT,
            bonding=True,
            delegate=Person(io_capability=panel, maximum_encryption_key_size=arguments.key_size),
        )
        await pair(connection)
    client = connection.gatt_client
    for service in await client.discover_services():
        for characteristic in await service.discover_characteristics():
            if not characteristic.properties & Characteristic.Properties.READ:
                continue
            uuid = characteristic.uuid.to_hex_str("-").lower()
            try:
                value = await characteristic.read_value()
                told("read", characteristic=uuid, value=bytes(value).hex())
            except ProtocolError as error:
                told("read", characteristic=uuid, refused=int(error.error_code))
    await connection.disconnect()
    told("done")


asyncio.run(main())
