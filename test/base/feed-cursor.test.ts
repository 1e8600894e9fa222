import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { makeFeedCursors } from '../../src/base/feed-cursor';

const secret = randomBytes(32);
const cursors = makeFeedCursors(secret, 3);
const position = fc.bigInt({ min: 0n, max: 2n ** 48n - 1n });

describe('A cursor of the feed', () => {
  it('leads back to its position, and has 22 characters whatever the position', () => {
    fc.assert(
      fc.property(position, (place) => {
        const cursor = cursors.seal(place);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]{22}$/);
        expect(cursors.open(cursor, 'after')).toBe(place);
      }),
    );
  });

  it('looks different each time, so that two of them do not tell whether anything happened between', () => {
    const seen = new Set(Array.from({ length: 100 }, () => cursors.seal(7n)));
    expect(seen.size).toBe(100);
  });

  it('is refused with any of its bits changed', () => {
    const cursor = cursors.seal(7n);
    for (let bit = 0; bit < 128; bit++) {
      const bytes = Buffer.from(cursor, 'base64url');
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => cursors.open(bytes.toString('base64url'), 'after')).toThrow('after: this is not a cursor');
    }
  });

  it('is refused cut, padded, lengthened, and written otherwise than it was given', () => {
    const cursor = cursors.seal(7n);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(cursor.at(-1) ?? '');
    const spelt = `${cursor.slice(0, -1)}${'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last + 1]}`;
    for (const other of [
      '',
      cursor.slice(1),
      cursor.slice(0, -1),
      `${cursor}==`,
      `${cursor}A`,
      ` ${cursor}`,
      spelt,
      'é'.repeat(22),
    ])
      expect(() => cursors.open(other, 'asOf.cursor')).toThrow(
        expect.objectContaining({ code: 'CURSOR_INVALID', details: { field: 'asOf.cursor' } }),
      );
    expect(() => cursors.open('A'.repeat(1_000_000), 'after')).toThrow('not a cursor');
  });

  it('of another newsroom, or from before a restore, is refused', () => {
    expect(() => cursors.open(makeFeedCursors(randomBytes(32), 3).seal(7n), 'after')).toThrow('not a cursor');
    expect(() => cursors.open(makeFeedCursors(secret, 2).seal(7n), 'after')).toThrow(
      'before its database was restored',
    );
  });
});
