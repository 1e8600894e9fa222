/** The part of the `edtf` package that `dates.ts` uses; the package brings no types. */
declare module 'edtf' {
  /** What the package reads of one date, without bounds of ours. */
  export interface EdtfNode {
    type?: string;
    /** Year, month from 0, day, hour, minute, second; of a season year and its number from 21. */
    values: number[];
    /** A bit for each digit of YYYYMMDD, the first the lowest. */
    unspecified?: number;
    uncertain?: boolean | number;
    approximate?: boolean | number;
    /** Minutes. Where the text names no zone this is the machine's own: look at `timeZone` first. */
    offset?: number;
    /** Such as +02:00; absent where the text names no zone. */
    timeZone?: string;
  }
  /** Throws for what it cannot read. Level 3 lets seasons be qualified. */
  export function parse(text: string, constraints?: { level?: number }): EdtfNode;
}
