import { setTimeout as wait } from 'node:timers/promises';
import { WikiError } from '../base/errors';
import type { EntryKind } from '../model/entry';
import type { WikiTarget } from '../rules/markdown';
import type { Run } from './database';
import { lockEntries } from './locks';
import { type Newsroom, Scope } from './scope';
import { inTransaction } from './transaction';

/** Entries that are looked at together. */
const LOOKED_AT = 200;

/** Entries that are locked together: at most 200 (rules 4.1), fewer so that editors hardly wait. */
const MENDED = 50;

/** No entry's id is less, and none is this. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Longest list of what is wrong; the rest is only counted. */
const TOLD = 20;

/** How often locks are asked for that others hold: beside a busy server that is no reason to give up. */
const TRIES = 30;

/** Tables that hold what follows from contents. Of `text` it is only the column `links`. */
export type DerivedTable = 'shown' | 'link' | 'slug' | 'text';

/** So many rows of a table that are not what follows from the contents. */
export interface Finding {
  readonly table: DerivedTable;
  /** The entry that the rows are about; of a text its hash. */
  readonly id: string;
  readonly rows: number;
}

/** Whom an address leads to, since when, and since when the public may know. */
export interface Address {
  readonly kind: EntryKind;
  readonly slug: string;
  readonly entry: string;
  readonly since: string;
  readonly publicSince: string | null;
}

/** How an address or a wanted link is known in maps. */
export const addressKey = (kind: string, slug: string): string => `${kind}:${slug}`;

const toBatches = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

/** Waits longer than an edit would: nobody is looking at this one. */
const isBusy = (error: unknown): boolean => error instanceof WikiError && error.code === 'SERVICE_UNAVAILABLE';

/** One rebuilding: what it has found so far, and how it reads and locks. */
export class Rebuilding {
  readonly wrong: Record<DerivedTable, number> = { shown: 0, link: 0, slug: 0, text: 0 };
  readonly first: Finding[] = [];
  /**
   * What should be, where it is not and nothing is written: what follows from a wrong text or address is then compared
   * with what the right one makes, and is not told as wrong too.
   */
  readonly texts = new Map<string, readonly WikiTarget[]>();
  readonly addresses = new Map<string, Address>();

  constructor(
    private readonly newsroom: Newsroom,
    /** Writes nothing. */
    readonly isCheck: boolean,
    private readonly onBatch: (done: number) => void,
  ) {}

  /** Notes what was wrong: found in a check, else made right. */
  note(findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.wrong[finding.table] += finding.rows;
      if (this.first.length < TOLD) this.first.push(finding);
    }
  }

  done(count: number): void {
    this.onBatch(count);
  }

  /** Reads without any lock, all of it as of one moment: between two commits everything is as derived, or it is wrong. */
  look<Answer>(work: (run: Run) => Promise<Answer>): Promise<Answer> {
    return inTransaction(new Scope(this.newsroom), async ({ run }) => {
      await run('rebuild-snapshot', 'set transaction isolation level repeatable read, read only');
      await run('rebuild-patience', `set local statement_timeout = '60s'`);
      return work(run);
    });
  }

  /** A short transaction of its own; tried again while somebody else holds what it needs. */
  async write<Answer>(work: (run: Run) => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await inTransaction(new Scope(this.newsroom), ({ run }) => work(run));
      } catch (error) {
        if (attempt >= TRIES || !isBusy(error)) throw error;
        await wait(100 + Math.random() * 400);
      }
    }
  }

  /** Holds entries, a few at a time in the order of their ids, and lets `work` make right what it finds wrong with them. */
  async mend(ids: readonly string[], work: (run: Run, ids: readonly string[]) => Promise<Finding[]>): Promise<void> {
    for (const some of toBatches(ids, MENDED))
      this.note(
        await this.write(async (run) => {
          await lockEntries(run, some);
          return work(run, some);
        }),
      );
  }

  /** All entries in the order of their ids, in batches. One that is made meanwhile is right as it is. */
  async *entries(): AsyncGenerator<string[]> {
    const { run } = this.newsroom.database;
    for (let after = BEFORE_ALL; ;) {
      const rows = await run<{ id: string }>(
        'rebuild-entries',
        'select id from entry where id > $1 order by id limit $2',
        [after, LOOKED_AT],
      );
      const batch = rows.map(({ id }) => id);
      if (batch.length > 0) yield batch;
      this.done(batch.length);
      if (batch.length < LOOKED_AT) return;
      after = batch.at(-1) ?? after;
    }
  }
}
