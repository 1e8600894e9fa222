import { makeListCursors } from '../base/list-cursor';
import type { TextLimits } from '../rules/fields';
import { type DatabaseOptions, openDatabase } from './database';
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
}

/** Opens a migrated database as a newsroom. */
export async function openNewsroom(options: NewsroomOptions): Promise<Newsroom> {
  const database = await openDatabase(options.database);
  const [secret] = await database.run<{ value: string }>(
    'cursor-key',
    `select value from setting where name = 'cursor_key'`,
  );
  return {
    database,
    cursors: makeListCursors(Buffer.from(secret?.value ?? '', 'hex')),
    text: options.text,
    pages: options.pages,
    language: options.language,
    publicHistory: options.publicHistory ?? 'changes',
  };
}
