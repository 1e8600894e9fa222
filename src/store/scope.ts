import type { ListCursors } from '../base/list-cursor';
import type { User, UserRole } from '../model/user';
import type { TextLimits } from '../rules/fields';
import type { Database, Run } from './database';
import { Loaders } from './loaders';
import type { PageLimits } from './pages';

/** Who asks: `role` is the least of the user's own and the token's ceiling. */
export interface Viewer {
  readonly user: User;
  readonly role: UserRole;
}

/** What holds for every request of a process. */
export interface Newsroom {
  readonly database: Database;
  readonly cursors: ListCursors;
  readonly text: TextLimits;
  readonly pages: PageLimits;
  /** Language of entries that name none. */
  readonly language: string;
}

/**
 * One request: who asks, what was loaded for them, and how many statements it took. Never outlives its request, so nothing
 * that one viewer loaded is ever shown to another.
 */
export class Scope {
  loaders: Loaders;
  /** Apart, for Apollo works on a copy of the request's scope: both must count into one. */
  private readonly count = { statements: 0 };
  /** Runs a statement outside any transaction. */
  readonly run: Run;

  constructor(
    readonly newsroom: Newsroom,
    /** Null is anonymous. Set once, before anything is read. */
    public viewer: Viewer | null = null,
  ) {
    this.run = (name, text, values) => {
      this.statements += 1;
      return newsroom.database.run(name, text, values);
    };
    this.loaders = new Loaders(this);
  }

  get statements(): number {
    return this.count.statements;
  }

  set statements(count: number) {
    this.count.statements = count;
  }

  /** Forgets what was loaded: after a write the same request reads what is there now. */
  forget(): void {
    this.loaders = new Loaders(this);
  }
}
