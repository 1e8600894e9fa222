import { makeFeedCursors } from '../base/feed-cursor';
import { invariant } from '../base/invariant';
import { makeListCursors } from '../base/list-cursor';
import type { TextLimits } from '../rules/fields';
import { type Database, type DatabaseOptions, openDatabase } from './database';
import { Moments } from './moments';
import type { PageLimits } from './pages';
import type { Newsroom, PublicHistory } from './scope';

/** What of the settings the store needs. */
export interface NewsroomOptions {
  readonly database: DatabaseOptions;
  readonly text: TextLimits;
  readonly pages: PageLimits;
  readonly language: string;
  /** What changed, where it is left out. */
  readonly publicHistory?: PublicHistory;
  /** How far back the feed is resumed, in milliseconds; where it is left out, to the beginning. */
  readonly feedRetentionMs?: number;
}

/** What cursors are sealed with: this database's secret, and how often it was restored. */
async function readSeal({ run }: Database): Promise<{ secret: Buffer; epoch: number }> {
  const rows = await run<{ name: string; value: string }>(
    'cursor-seal',
    `select name, value from setting where name in ('cursor_key', 'feed_epoch')`,
  );
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const epoch = Number(values.get('feed_epoch'));
  invariant(Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 16, 'the setting feed_epoch is a whole number');
  return { secret: Buffer.from(values.get('cursor_key') ?? '', 'hex'), epoch };
}

/** Opens a migrated database as a newsroom. */
export async function openNewsroom(options: NewsroomOptions): Promise<Newsroom> {
  const database = await openDatabase(options.database);
  const { secret, epoch } = await readSeal(database);
  return {
    database,
    cursors: makeListCursors(secret),
    moments: new Moments(makeFeedCursors(secret, epoch), options.feedRetentionMs ?? null),
    text: options.text,
    pages: options.pages,
    language: options.language,
    publicHistory: options.publicHistory ?? 'changes',
  };
}
