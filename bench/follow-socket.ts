import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Hears the text frames that come, as a part of a larger buffer: what is to be kept must be copied. */
export type Hear = (data: Buffer, start: number, end: number) => void;

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const HEAD_END = Buffer.from('\r\n\r\n');

/** A frame of a client: masked as it must be, under a mask of zeros, which changes nothing. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | length])
      : Buffer.from([0x80 | opcode, 0xfe, length >> 8, length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/**
 * One WebSocket, as little as can be: it walks along the frames and unpacks nothing. A client library takes as long for a
 * message as the servers that are measured.
 */
export class FollowSocket {
  private rest: Buffer | null = null;
  private isUpgraded = false;

  private constructor(
    private readonly socket: Socket,
    private readonly hear: Hear,
    private readonly onUpgraded: () => void,
    private readonly fail: (error: Error) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.take(data));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('The server closed a socket.')));
  }

  /** Opens one that speaks graphql-transport-ws. */
  static open(url: string, hear: Hear, fail: (error: Error) => void): Promise<FollowSocket> {
    const { hostname, port, host, pathname } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      const failed = (error: Error): void => {
        reject(error);
        fail(error);
      };
      const opened = new FollowSocket(socket, hear, () => resolve(opened), failed);
      const lines = [
        `GET ${pathname} HTTP/1.1`,
        `host: ${host}`,
        'upgrade: websocket',
        'connection: Upgrade',
        `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
        'sec-websocket-version: 13',
        'sec-websocket-protocol: graphql-transport-ws',
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
  }

  say(message: object): void {
    this.socket.write(frameOf(TEXT, Buffer.from(JSON.stringify(message))));
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private take(part: Buffer): void {
    let data = this.rest ? Buffer.concat([this.rest, part]) : part;
    this.rest = null;
    if (!this.isUpgraded) {
      const headEnd = data.indexOf(HEAD_END);
      if (headEnd < 0) return void (this.rest = data);
      if (!data.subarray(0, headEnd).toString('latin1').startsWith('HTTP/1.1 101'))
        return this.fail(new Error(`No socket: ${data.toString('latin1').slice(0, 300)}`));
      this.isUpgraded = true;
      data = data.subarray(headEnd + HEAD_END.length);
      this.onUpgraded();
    }
    const left = this.walk(data);
    if (left < data.length) this.rest = data.subarray(left);
  }

  /** Hears all whole frames; returns where the first begins that is not. */
  private walk(data: Buffer): number {
    let at = 0;
    while (data.length - at >= 2) {
      const opcode = (data[at] as number) & 0x0f;
      let length = (data[at + 1] as number) & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) throw new Error('A frame is longer than anything that is measured.');
      if (data.length - start < length) break;
      at = start + length;
      if (opcode === TEXT) this.hear(data, start, at);
      else if (opcode === PING) this.socket.write(frameOf(PONG, data.subarray(start, at)));
      else if (opcode === CLOSE)
        this.fail(new Error(`A socket was closed: ${data.subarray(start + 2, at).toString()}`));
    }
    return at;
  }
}
