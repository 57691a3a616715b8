"""A virtual air of Bumble: a controller for a device inside this process, and one for a host that comes by TCP (H4).

Works around what Bumble 0.0.236 does differently from a radio:
* it reports advertising in extended reports to hosts that listen to legacy ones, and gives every packet a second
  time as a scan response, asked for or not;
* it tags data of a link with the random address of the sender, whichever address the link was made with;
* a controller takes addresses into its accept list and forgets them at once;
* a controller keeps its links when its host goes away.
"""

import asyncio

from bumble import hci, ll
from bumble.controller import Controller
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink, PacketParser


class Link(LocalLink):
    """Knows the address that a link was made with."""

    def send_acl_data(self, sender_controller, destination_address, transport, data):
        receiver = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if receiver and connection:
            sender = connection.self_address
            asyncio.get_running_loop().call_soon(lambda: receiver.on_link_acl_data(sender, transport, data))

    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        # Whoever went away takes no notice any more.
        if self.find_le_controller(receiver_address):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)


class LegacyController(Controller):
    """Knows legacy advertising alone, and answers scan requests with what is set for it."""

    le_scan_type = 0
    le_scanning_filter_policy = 0

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.accepted = set()
        self.le_features &= ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING

    def on_hci_le_clear_filter_accept_list_command(self, command):
        self.accepted.clear()
        return super().on_hci_le_clear_filter_accept_list_command(command)

    def on_hci_le_add_device_to_filter_accept_list_command(self, command):
        self.accepted.add((int(command.address_type), bytes(command.address)))
        return super().on_hci_le_add_device_to_filter_accept_list_command(command)

    def _listens_to(self, address):
        accepted = (int(address.address_type), bytes(address)) in self.accepted
        return self.le_scan_enable and (accepted or self.le_scanning_filter_policy & 1 == 0)

    def on_advertising_pdu(self, pdu):
        if self._listens_to(pdu.advertiser_address):
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            self._report(kinds.ADV_IND, pdu.advertiser_address, pdu.data)
            advertiser = self.link.find_le_controller(pdu.advertiser_address)
            if self.le_scan_type == 1 and advertiser:
                answer = advertiser.le_legacy_advertiser.scan_response_data
                self._report(kinds.SCAN_RSP, pdu.advertiser_address, answer)
        wanted = self.pending_le_connection
        if wanted and wanted.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, kind, address, data):
        report = hci.HCI_LE_Advertising_Report_Event.Report(
            event_type=kind, address_type=address.address_type, address=address, data=data, rssi=-50
        )
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def unplug(self):
        """The host is gone, and with it every link."""
        for connection in list(self.le_connections.values()):
            ended = ll.TerminateInd(hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR)
            connection.send_ll_control_pdu(ended)
        self.link.remove_controller(self)
        self.hci_sink = None


class _Writer:
    """Takes packets for a host."""

    def __init__(self, writer):
        self.writer = writer

    def on_packet(self, packet):
        self.writer.write(packet)


class Air:
    """The air. Each host that comes gets a controller of its own, without a past."""

    def __init__(self):
        self.link = Link()
        self.hosts = 0

    def host_inside(self, public_address):
        """A host of this process on a controller with that address."""
        controller = LegacyController("inside", link=self.link, public_address=public_address)
        return Host(controller, AsyncPipeSink(controller))

    async def serve(self):
        """Takes hosts on a port of the loopback interface that is free; its number."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return server.sockets[0].getsockname()[1]

    async def _meet(self, reader, writer):
        self.hosts += 1
        address = f"F0:F1:F2:F3:F4:{self.hosts % 256:02X}"
        controller = LegacyController(
            "host", host_sink=_Writer(writer), link=self.link, public_address=address
        )
        parser = PacketParser(controller)
        try:
            while octets := await reader.read(4096):
                parser.feed_data(octets)
        except ConnectionError:
            pass
        finally:
            controller.unplug()
            writer.close()
