/**
 * Chance that comes out the same for the same seed (mulberry32): good enough for wording and for who meets whom, and one
 * multiplication a number.
 */
export class Random {
  private state: number;

  /** @param seed any whole numbers; other numbers give another sequence. */
  constructor(...seed: readonly number[]) {
    let mixed = 0x9e3779b9;
    for (const number of seed) {
      mixed = Math.imul(mixed ^ number, 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) ^ (mixed >>> 16);
    }
    this.state = mixed;
  }

  /** A whole number of 32 bits. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * end);
  }

  /** A whole number from 0 to below `end`, small ones far more often: the first hundredth gets a tenth. */
  skewed(end: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) ** 2 * end);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  private hex(): string {
    return this.next().toString(16).padStart(8, '0');
  }

  /** A UUID of version 4, as entries have. */
  uuid(): string {
    const [one, two, three, four] = [this.hex(), this.hex(), this.hex(), this.hex()];
    const variant = '89ab'[this.below(4)];
    return `${one}-${two.slice(0, 4)}-4${two.slice(5)}-${variant}${three.slice(1, 4)}-${three.slice(4)}${four}`;
  }

  /** 16 characters, as items of lists have. */
  itemId(): string {
    return Buffer.from(this.hex() + this.hex() + this.hex(), 'hex').toString('base64url');
  }
}
