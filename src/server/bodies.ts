import { Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isNewsroom } from '../api/entries';
import type { RequestScope } from './request-scope';

/** A refusal of the request itself, before GraphQL: answered as JSON with this status. */
export class RequestError extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: 'BAD_REQUEST' | 'PAYLOAD_TOO_LARGE' | 'UNSUPPORTED_MEDIA_TYPE',
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Why whatever is asked at an address would come to no good; null where it may be asked. */
export function refuseAddress(host: string, url: string): RequestError | null {
  if (!URL.canParse(`http://${host}/`))
    return new RequestError(400, 'BAD_REQUEST', 'The Host header is not the name of a host.');
  if (!URL.canParse(url, 'http://localhost')) return new RequestError(400, 'BAD_REQUEST', 'This is not an address.');
  // Addresses are logged on their way, and kept by browsers.
  const { searchParams } = new URL(url, 'http://localhost');
  return [...searchParams.keys()].some((name) => name.toLowerCase() === 'access_token')
    ? new RequestError(400, 'BAD_REQUEST', 'A token goes into the Authorization header, never into the address.')
    : null;
}

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly bodyBytesSignedIn: number;
}

const tooLarge = (max: number, actual: number): RequestError =>
  new RequestError(413, 'PAYLOAD_TOO_LARGE', `The body has ${actual} bytes or more; at most ${max} are allowed.`, {
    limit: 'body bytes',
    max,
    actual,
  });

/** Counts what passes and stops at the limit. Fastify compares the count with Content-Length. */
class Meter extends Transform {
  receivedEncodedLength = 0;

  constructor(private readonly max: number) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.receivedEncodedLength += chunk.length;
    done(this.receivedEncodedLength > this.max ? tooLarge(this.max, this.receivedEncodedLength) : null, chunk);
  }
}

/** How long a body this request may have. Who asks is looked up only for one that is longer than anybody's may be. */
async function limitFor(request: FastifyRequest, length: number | undefined, limits: BodyLimits): Promise<number> {
  if (!request.headers.authorization) return limits.bodyBytes;
  if (length !== undefined && length <= limits.bodyBytes) return limits.bodyBytes;
  if (length !== undefined && length > limits.bodyBytesSignedIn) return limits.bodyBytesSignedIn;
  const scope = request.getDecorator<RequestScope>('scope');
  await scope.signIn();
  return isNewsroom(scope) ? limits.bodyBytesSignedIn : limits.bodyBytes;
}

/** Reads JSON bodies in UTF-8, up to the limit of whoever sends them; everything else is refused in words. */
export function readBodies(app: FastifyInstance, limits: BodyLimits): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: limits.bodyBytesSignedIn },
    (request, body, done) => {
      try {
        const text = utf8.decode(body as Buffer);
        void parseJson(request, text, (error, value) => {
          if (error) done(new RequestError(400, 'BAD_REQUEST', 'The body is not JSON.'), undefined);
          else done(null, value);
        });
      } catch {
        done(new RequestError(400, 'BAD_REQUEST', 'The body is not UTF-8.'), undefined);
      }
    },
  );
  app.addHook('preParsing', async (request, _reply, payload) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    const charset = /charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
    if (encoding !== 'identity' || charset.toLowerCase() !== 'utf-8')
      throw new RequestError(415, 'UNSUPPORTED_MEDIA_TYPE', 'Send JSON in UTF-8, not compressed.');
    const length =
      request.headers['content-length'] === undefined ? undefined : Number(request.headers['content-length']);
    const max = await limitFor(request, length, limits);
    if (length !== undefined && length > max) throw tooLarge(max, length);
    const meter = new Meter(max);
    // The rest of what is refused is read and thrown away: the connection would wait for somebody to read it.
    meter.on('error', () => payload.resume());
    return payload.pipe(meter);
  });
}
