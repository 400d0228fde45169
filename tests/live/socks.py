"""A SOCKS proxy on loopback, of version 4 and 5: RFC 1928, RFC 1929, and SOCKS 4A."""

from ipaddress import ip_address
from socket import SocketIO, socket

from tests.live.wire import Talk, Wire

ACCEPTED_4, REFUSED_4 = (b"\0" + code + bytes(6) for code in (b"\x5a", b"\x5b"))
ACCEPTED_5, REFUSED_5 = (b"\5" + code + b"\0\1" + bytes(6) for code in (b"\0", b"\5"))


def socks(beyond: Talk, *, login: tuple[str, str] | None = None) -> Talk:
    """Return what connects each client to `beyond`, and remembers where it wanted to go."""

    def talk(wire: Wire, connection: socket) -> None:
        with connection.makefile("rb", 0) as reader:
            if reader.read(1) == b"\4":
                _socks4(wire, connection, reader)
            else:
                _socks5(wire, connection, reader, login)
        beyond(wire, connection)

    return talk


def _socks4(wire: Wire, connection: socket, reader: SocketIO) -> None:
    command, port, address = reader.read(1), _number(reader.read(2)), reader.read(4)
    assert command == b"\1"
    _until_zero(reader)
    is_name = address[:3] == bytes(3)
    host = _until_zero(reader).decode() if is_name else str(ip_address(address))
    wire.heads.append(f"SOCKS4 {host}:{port}")
    connection.sendall(ACCEPTED_4)


def _socks5(
    wire: Wire, connection: socket, reader: SocketIO, login: tuple[str, str] | None
) -> None:
    methods = _sized(reader)
    if login:
        assert b"\2" in methods
        connection.sendall(b"\5\2")
        assert reader.read(1) == b"\1"
        given = (_sized(reader).decode(), _sized(reader).decode())
        connection.sendall(b"\1\0" if given == login else b"\1\1")
    else:
        connection.sendall(b"\5\0")
    assert reader.read(3) == b"\5\1\0"
    host = _destination(reader)
    wire.heads.append(f"SOCKS5 {host}:{_number(reader.read(2))}")
    connection.sendall(ACCEPTED_5)


def _destination(reader: SocketIO) -> str:
    kind = reader.read(1)[0]
    if kind == 3:
        return _sized(reader).decode()
    return str(ip_address(reader.read({1: 4, 4: 16}[kind])))


def _sized(reader: SocketIO) -> bytes:
    data: bytes = reader.read(reader.read(1)[0])
    return data


def _until_zero(reader: SocketIO) -> bytes:
    text = b""
    while (letter := reader.read(1)) not in (b"\0", b""):
        text += letter
    return text


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
