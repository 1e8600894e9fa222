import * as fc from 'fast-check';
import { WikiError } from '../../src/base/errors';
import { createEntry } from '../../src/edits/create-entry';
import { applyChangeset } from '../../src/edits/changeset';
import { deleteEntry, restoreEntry } from '../../src/edits/delete-entry';
import { editEntry } from '../../src/edits/edit-entry';
import { hideRevisions } from '../../src/edits/hide-revisions';
import { rejectRevisions, withdrawEntry } from '../../src/edits/judge-work';
import { protectEntry } from '../../src/edits/protect-entry';
import { publishEntry } from '../../src/edits/publish-entry';
import { revertEntry, undoRevision } from '../../src/edits/take-back';
import type { EditResult } from '../../src/model/edit';
import type { EntryKind } from '../../src/model/entry';
import type { UserRole } from '../../src/model/user';
import { Scope } from '../../src/store/scope';
import type { TestNewsroom } from './newsroom';

const KINDS: readonly EntryKind[] = ['ACTOR', 'STORY', 'EVENT', 'CLAIM', 'DOCUMENT', 'CITATION'];

const ACTS = [
  'CREATE',
  'EDIT',
  'PUBLISH',
  'DELETE',
  'RESTORE',
  'REVERT',
  'UNDO',
  'CHANGESET',
  'HIDE',
  'REJECT',
  'WITHDRAW',
  'URGENT',
  'CORRECT',
  'EMBARGO',
  'PROTECT',
] as const;

/** One thing that somebody does, with what it is done to as numbers: whatever they choose, it can be tried. */
export interface Deed {
  readonly act: (typeof ACTS)[number];
  readonly by: 'EDITOR' | 'CONTRIBUTOR';
  readonly which: number;
  readonly dice: readonly number[];
}

/** One entry of each kind, to begin with. */
export const everySixth: readonly Deed[] = Array.from({ length: 6 }, (_, n) => ({
  act: 'CREATE',
  by: 'EDITOR',
  which: 0,
  dice: [n + 1, 1, 1, 1, 1, 1, 1, 1],
}));

/** What an editorial office does in some order, mostly writing. */
export const deeds = (length: number, withHiding = false): fc.Arbitrary<Deed[]> =>
  fc.array(
    fc.record<Deed>({
      act: fc.oneof(
        { weight: 5, arbitrary: fc.constant('CREATE' as const) },
        { weight: 9, arbitrary: fc.constant('EDIT' as const) },
        { weight: 3, arbitrary: fc.constant('PUBLISH' as const) },
        { weight: 2, arbitrary: fc.constantFrom('DELETE' as const, 'RESTORE' as const) },
        { weight: 2, arbitrary: fc.constantFrom('REVERT' as const, 'UNDO' as const, 'CHANGESET' as const) },
        { weight: 4, arbitrary: fc.constantFrom('REJECT', 'WITHDRAW', 'URGENT', 'CORRECT', 'EMBARGO', 'PROTECT') },
        { weight: withHiding ? 3 : 0, arbitrary: fc.constant('HIDE' as const) },
      ),
      by: fc.constantFrom('EDITOR', 'EDITOR', 'CONTRIBUTOR'),
      which: fc.nat(1000),
      dice: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
    }),
    { minLength: length, maxLength: length },
  );

interface Row {
  id: string;
  kind: EntryKind;
  latest: number;
}

/** A newsroom in which deeds are done, one after the other. */
export class History {
  private count = 0;

  constructor(
    private readonly room: TestNewsroom,
    /** As many entries are made. */
    private readonly most = 14,
  ) {}

  /** Entries in the order in which they were made. */
  entries(): Promise<Row[]> {
    return this.room.sql(
      'select id, kind, latest from entry join revision r on r.entry = id and r.number = 1 order by r.position',
    );
  }

  private find(condition: string): Promise<Row[]> {
    return this.room.sql(`select id, kind, latest from entry where ${condition} order by id`);
  }

  private scope(role: UserRole): Scope {
    return new Scope(this.room.newsroom, this.room.as(role).viewer);
  }

  /** What it came to; nothing that is tried breaks anything. */
  async do(deed: Deed): Promise<string> {
    try {
      const { outcome, problems } = await this.attempt(deed);
      return [outcome, ...problems.map((problem) => problem.message)].join(' ');
    } catch (error) {
      // What is protected, or was public, a contributor may not touch.
      if (error instanceof WikiError && error.code === 'FORBIDDEN') return error.code;
      throw error;
    }
  }

  private async attempt({ act, by, which, dice }: Deed): Promise<Pick<EditResult, 'outcome' | 'problems'>> {
    const entries = await this.entries();
    const scope = this.scope(by);
    const target = entries[which % Math.max(1, entries.length)];
    if (!target || (act === 'CREATE' && entries.length < this.most)) {
      const kind = KINDS[this.count % 6] as EntryKind;
      this.count += 1;
      const fields = this.fields(kind, dice, entries, true);
      const publish = by === 'EDITOR' && (dice[0] as number) % 3 > 0;
      return await createEntry(scope, kind, { fields, publish });
    }
    const { id, kind, latest } = target;
    const revision = 1 + ((dice[0] as number) % latest);
    switch (act) {
      case 'PUBLISH': {
        const [waiting = target] = await this.find(`state <> 'DELETED' and published is distinct from latest`);
        return await publishEntry(this.scope('EDITOR'), { id: waiting.id, revision: waiting.latest });
      }
      case 'DELETE': {
        const found = await this.find(`state = 'PUBLISHED'`);
        const doomed = found[which % Math.max(1, found.length)] ?? target;
        return await deleteEntry(this.scope('EDITOR'), { id: doomed.id, baseRevision: doomed.latest });
      }
      case 'RESTORE': {
        const [gone = target] = await this.find(`state = 'DELETED'`);
        return await restoreEntry(this.scope('EDITOR'), { id: gone.id });
      }
      case 'REVERT':
        return await revertEntry(scope, { id, baseRevision: latest, toRevision: revision });
      case 'UNDO':
        return await undoRevision(scope, { id, revision });
      case 'HIDE':
        return await hideRevisions(this.scope('ADMIN'), {
          id,
          revisions: [revision],
          hidden: true,
          reason: 'a private matter',
        });
      case 'REJECT': {
        const [waiting = target] = await this.find(`accepted < latest and state <> 'DELETED'`);
        return await rejectRevisions(this.scope('EDITOR'), {
          id: waiting.id,
          baseRevision: waiting.latest,
          note: 'no',
        });
      }
      case 'WITHDRAW':
        return await withdrawEntry(this.scope('EDITOR'), { id, note: 'taken back' });
      case 'EMBARGO': {
        const [draft = target] = await this.find(`state in ('DRAFT', 'WITHDRAWN')`);
        const embargoUntil = new Date('2999-01-01T00:00:00Z');
        return await publishEntry(this.scope('EDITOR'), { id: draft.id, revision: draft.latest, embargoUntil });
      }
      case 'PROTECT':
        return await protectEntry(this.scope('EDITOR'), {
          id,
          minimumRole: ([null, 'CONTRIBUTOR', 'EDITOR'] as const)[which % 3],
          reason: 'much disputed',
        });
      case 'URGENT':
      case 'CORRECT':
        return await editEntry(this.scope('EDITOR'), kind, {
          id,
          baseRevision: latest,
          fields: this.fields(kind, dice, entries, false),
          publish: act === 'URGENT',
          correction: act === 'CORRECT' ? { kind: 'CORRECTION', note: 'it was wrong' } : null,
        });
      case 'CHANGESET': {
        const edits = [0, 1].map((step) => {
          const { id: entry, kind: of, latest: base } = entries[(which + step) % entries.length] as Row;
          const fields = this.fields(of, dice.slice(step), entries, false);
          return { place: `edits/${step}`, kind: of, edit: { id: entry, baseRevision: base, fields } };
        });
        return await applyChangeset(scope, { edits });
      }
      default:
        return await editEntry(scope, kind, {
          id,
          baseRevision: latest,
          fields: this.fields(kind, dice, entries, false),
        });
    }
  }

  /** Fields of an entry: all for a new one, some for an edit. */
  private fields(kind: EntryKind, dice: readonly number[], entries: readonly Row[], isNew: boolean): object {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = dice;
    const of = (wanted: EntryKind, n: number): string | null => {
      const found = entries.filter((entry) => entry.kind === wanted);
      return found[n % Math.max(1, found.length)]?.id ?? null;
    };
    const [actor, other, event, claim, document, story] = [
      of('ACTOR', a),
      of('ACTOR', b),
      of('EVENT', c),
      of('CLAIM', d),
      of('DOCUMENT', e),
      of('STORY', f),
    ];
    const listIf = <Item>(value: string | null, item: Item): Item[] => (value ? [item] : []);
    const link = `[[actor:actor-${c % 5}|he]] and [[event:event-${d % 4}]]${claim ? ` say [[claim:${claim}]]` : ''}`;
    const slug =
      isNew || f % 7 === 0
        ? { slug: `${kind.toLowerCase()}-${isNew ? Math.floor(this.count / 6) : 50 + (f % 9)}` }
        : {};
    const all: Record<EntryKind, () => Record<string, unknown>> = {
      ACTOR: () => ({
        ...slug,
        names: [{ text: `Actor ${a % 9}`, usedIn: listIf(document, document) }],
        body: b % 2 ? link : null,
        roles: listIf(other, { title: 'Head', organization: other, period: { edtf: '2012/2014' } }),
        relations: listIf(other, { type: 'knows', actor: other }),
      }),
      STORY: () => ({
        ...slug,
        headline: `Story ${a % 9}`,
        body: b % 2 ? link : null,
        topics: [`topic ${c % 3}`],
        cast: [...listIf(actor, { actor, role: `role ${d % 3}` }), ...listIf(other, { actor: other })],
        timeline: [...listIf(event, { event, note: e % 2 ? link : null }), ...listIf(claim, { claim }), { note: link }],
        related: story && !isNew ? [] : listIf(story, { story, relation: 'SEE_ALSO' }),
      }),
      EVENT: () => ({
        ...slug,
        title: `Event ${a % 9}`,
        when: { edtf: `20${10 + (b % 9)}` },
        participants: listIf(actor, { actor, role: 'speaker' }),
        ...(isNew && event ? { partOf: event } : {}),
        body: d % 2 ? link : null,
      }),
      CLAIM: () => ({
        text: `Claim ${a % 9}`,
        ...(isNew || b % 2 ? { subject: (c % 2 ? event : actor) ?? actor } : {}),
        mood: d % 2 ? 'FACT' : 'ALLEGATION',
        value: e % 2 && actor ? { entry: actor } : { number: e % 5 },
        relations: isNew ? listIf(claim, { kind: 'RESPONDS_TO', claim }) : [],
      }),
      DOCUMENT: () => ({
        title: `Document ${a % 9}`,
        publisher: b % 3 ? actor : null,
        authors: listIf(other, other),
        keptText: `Kept ${c % 3}`,
        publishedAt: { edtf: '2015-01-28' },
      }),
      CITATION: () => ({
        ...(isNew || a % 2 ? { about: claim ?? event ?? actor } : {}),
        ...(isNew || b % 2 ? { document } : {}),
        stance: c % 2 ? 'ASSERTS' : 'DENIES',
        chain: listIf(actor, { role: 'SAID_BY', actor, document: d % 2 ? document : null }),
      }),
    };
    const fields = all[kind]();
    if (isNew)
      return kind === 'DOCUMENT'
        ? { documentType: 'ARTICLE', ...fields }
        : { ...fields, ...(kind === 'ACTOR' ? { actorType: 'PERSON' } : {}) };
    const names = Object.keys(fields);
    const chosen = names.filter((_, index) => ((dice[index % dice.length] as number) + index) % 3 === 0);
    return Object.fromEntries((chosen.length > 0 ? chosen : names.slice(0, 1)).map((name) => [name, fields[name]]));
  }
}

const DATE = '{ edtf wording earliest latest status anchor { id title } }';
const NAMED = '{ id title state slug }';
const PAGE = '{ totalCount nodes { id title state latestRevision } pageInfo { hasNextPage } }';
const HISTORY = `{ totalCount nodes { id number action createdAt minor review reviewedAt reviewNote summary hiddenReason
  author { name } reviewedBy { name } parent { number } base { number } target { number }
  changeset { id summary revisions { totalCount nodes { id entry { title } } } }
  changes { path op before after } snapshot { id title slug updatedAt state ... on Story { bodyHtml cast { actor { title } } } } } }`;

/** All that can be read of an entry of whatever kind and reached from it, but for what is of today. */
export const WHOLE_GRAPH = `query WholeGraph($ids: [ID!]!, $view: View!, $asOf: AsOf) {
  nodes(ids: $ids, view: $view, asOf: $asOf) {
    ... on Entry {
      __typename id kind title slug language state latestRevision publishedRevision createdAt updatedAt publicSince
      corrections { kind note at revision { number } } protection { minimumRole reason until }
      revision { number } first: revisionByNumber(number: 1) { number review } second: revisionByNumber(number: 2) { number review }
      checks { rule message path entry { id title state } }
      citations ${PAGE} backlinks ${PAGE} stories: backlinks(kinds: [STORY], last: 1) ${PAGE}
      history(first: 10) ${HISTORY}
    }
    ... on Story { headline body bodyHtml topics cast { id role actor ${NAMED} } related { relation story ${NAMED} }
      timeline { id noteHtml event ${NAMED} claim ${NAMED} } claims ${PAGE} }
    ... on Actor { names { text usedIn ${NAMED} } bodyHtml roles { title organization ${NAMED} period ${DATE} }
      relations { type actor ${NAMED} } told: stories(first: 2) ${PAGE} events ${PAGE} claimsAbout ${PAGE} statements ${PAGE} }
    ... on Event { bodyHtml when ${DATE} participants { role actor ${NAMED} } partOf ${NAMED} parts ${PAGE}
      told: stories ${PAGE} claims ${PAGE} }
    ... on Claim { text mood subject ${NAMED} value { number entry ${NAMED} } relations { kind claim ${NAMED} } }
    ... on Document { publisher ${NAMED} authors ${NAMED} keptText publishedAt ${DATE} citedIn ${PAGE} }
    ... on Citation { stance about ${NAMED} document ${NAMED} chain { role actor ${NAMED} document ${NAMED} } }
  }
}`;
