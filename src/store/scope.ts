import { tooComplex, type WikiError } from '../base/errors';
import type { ListCursors } from '../base/list-cursor';
import type { User, UserRole } from '../model/user';
import type { Vault } from '../base/vault';
import type { TextLimits } from '../rules/fields';
import type { Reach } from '../rules/outside';
import type { Database, Run } from './database';
import { Loaders } from './loaders';
import type { Moments } from './moments';
import type { PageLimits } from './pages';

/** Who asks: `role` is the least of the user's own and the token's ceiling. */
export interface Viewer {
  readonly user: User;
  readonly role: UserRole;
  /** The token they signed in with; absent for whoever did not sign in over HTTP. */
  readonly tokenId?: string;
}

/** What holds for every request of a process. */
export interface Newsroom {
  readonly database: Database;
  readonly cursors: ListCursors;
  readonly moments: Moments;
  readonly text: TextLimits;
  readonly pages: PageLimits;
  /** Language of entries that name none. */
  readonly language: string;
  readonly publicHistory: PublicHistory;
  /** What secrets are kept in; null where there is no key for them, and so no webhooks. */
  readonly vault: Vault | null;
  readonly webhooks: WebhookLimits;
}

/** How many webhooks one may have, and where they may lead. */
export interface WebhookLimits extends Reach {
  readonly perUser: number;
}

/** What readers outside the newsroom are told of earlier versions: nothing, what changed, or by whom and why too. */
export type PublicHistory = 'off' | 'changes' | 'authors';

/**
 * One request: who asks, what was loaded for them, and how many statements it took. Never outlives its request, so nothing
 * that one viewer loaded is ever shown to another.
 */
export class Scope {
  loaders: Loaders;
  /** Apart, for Apollo works on a copy of the request's scope: both must count into one. */
  private readonly count = { statements: 0, items: 0, characters: 0, excess: null as WikiError | null };
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

  /**
   * Notes that so many more entries are reached. A list within a list within a list multiplies: what no look at the query
   * can foresee ends here.
   *
   * @throws WikiError QUERY_TOO_COMPLEX
   */
  spendItems(items: number): void {
    this.count.items += items;
    this.assertWithin('entries to reach', this.newsroom.pages.queryItems, this.count.items);
  }

  /**
   * Notes that so many more characters are rendered or compared.
   *
   * @throws WikiError QUERY_TOO_COMPLEX
   */
  spendText(characters: number): void {
    this.count.characters += characters;
    this.assertWithin('characters to render or compare', this.newsroom.pages.queryText, this.count.characters);
  }

  /** What the request exceeded as it ran; null while it is within its bounds. Its answer is then that and nothing else. */
  get excess(): WikiError | null {
    return this.count.excess;
  }

  private assertWithin(limit: string, max: number, actual: number): void {
    if (actual <= max) return;
    // One error for all that comes after, too: there may be thousands of places that ask for more.
    this.count.excess ??= tooComplex(limit, max, actual);
    throw this.count.excess;
  }

  /** The viewer's own rights have changed: what is left of the request is asked with those of now. */
  demote({ role, active }: { role?: UserRole; active?: boolean }): void {
    if (this.viewer && role) this.viewer = { ...this.viewer, role };
    if (active === false) this.viewer = null;
  }

  /** The viewer's own token opens nothing any more: the rest of the request is anonymous. */
  signOut(): void {
    this.viewer = null;
  }

  /** Forgets what was loaded: after a write the same request reads what is there now. */
  forget(): void {
    this.loaders = new Loaders(this);
  }
}
