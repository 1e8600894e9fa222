import { sha256 } from '../src/base/hash';
import { type ActorContent, ActorType } from '../src/model/actor';
import type { CitationContent, HopContent, Stance } from '../src/model/citation';
import type { ClaimContent, Mood } from '../src/model/claim';
import type { DocumentContent } from '../src/model/document';
import type { Content } from '../src/model/entry';
import { type EventContent, EventType } from '../src/model/event';
import type { DateContent } from '../src/model/fuzzy-date';
import type { StoryContent, TimelineItemContent } from '../src/model/story';
import { wikiTargetsIn, type WikiTarget } from '../src/rules/markdown';
import { Random } from './random';
import { addressWords, bodyName, headline, paragraphs, personName, placeName, sentence } from './wording';

/** How many entries of each kind, and how many revisions each. */
export interface Sizes {
  readonly stories: number;
  readonly actors: number;
  readonly events: number;
  readonly claims: number;
  readonly documents: number;
  readonly citations: number;
  readonly revisions: number;
  /** In the cast of so many stories stands one actor. */
  readonly famousStories: number;
  /** In the chains of so many citations the same one. */
  readonly famousCitations: number;
}

/** Kinds in the order in which they can be created: what is referred to comes first. */
export const CREATION_ORDER = ['ACTOR', 'DOCUMENT', 'EVENT', 'CLAIM', 'CITATION', 'STORY'] as const;

/** The kinds that the bench fills: its own list, which a new kind of the newsroom does not change. */
export type FilledKind = (typeof CREATION_ORDER)[number];

/** How far an entry comes: public as it is, public with a newer revision that waits, or never public. */
export type Fate = 'PUBLIC' | 'PENDING' | 'DRAFT';

/** What the newsroom calls its list of each kind; so are the sizes. */
export const LIST_NAMES: Readonly<Record<FilledKind, keyof Sizes>> = {
  STORY: 'stories',
  ACTOR: 'actors',
  EVENT: 'events',
  CLAIM: 'claims',
  DOCUMENT: 'documents',
  CITATION: 'citations',
};

// The fields that edits change, one a revision in turn, so that every revision differs from the one below it.
const EDITED = {
  STORY: ['headline', 'timeline', 'body', 'summary'],
  ACTOR: ['description', 'roles', 'body', 'names'],
  EVENT: ['title', 'participants', 'body', 'place'],
  CLAIM: ['text', 'verdict', 'value', 'when'],
  DOCUMENT: ['title', 'statusNote', 'keptText', 'url'],
  CITATION: ['quote', 'chain', 'locator', 'saidAt'],
} as const satisfies Record<FilledKind, readonly string[]>;

const DRAWS = { shape: 1, id: 2, slug: 3, fate: 4, item: 5 } as const;

/** One content in the making: who it is, and chance for each of its fields. */
interface Making {
  readonly index: number;
  /** What no edit changes. */
  readonly shape: Random;
  /** How often edits up to this revision have changed a field: other wording, or one item more. */
  version(field: string): number;
  /** Chance for a field's wording, another one after every edit of the field. */
  wording(field: string): Random;
  /** Id of an item of a list, the same in every revision. */
  itemId(field: string, place: number): string;
  /** The hash of a long text of so many paragraphs, and what else is to stand at its end. */
  keep(field: string, length: number, end?: (random: Random) => string): string;
}

/** A generated content with the long texts that it is the first to hold. */
export interface Made {
  readonly content: Content;
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * The newsroom of the bench: what each entry holds in each revision, from a seed and sizes alone, so that any
 * content can be made at any time.
 */
export class Fiction {
  private readonly ids: Readonly<Record<FilledKind, readonly string[]>>;
  /** Hashes of long texts, which take longer to make than all the rest; kinds have one at most. */
  private readonly hashes = new Map<string, string>();
  /** What the wiki links of long texts name, by hash; most have none. */
  private readonly targets = new Map<string, WikiTarget[]>();

  constructor(
    readonly sizes: Sizes,
    readonly seed: number,
  ) {
    const idsOf = (kind: FilledKind): string[] =>
      Array.from({ length: this.count(kind) }, (_, index) => this.random(kind, index, DRAWS.id).uuid());
    this.ids = {
      STORY: idsOf('STORY'),
      ACTOR: idsOf('ACTOR'),
      EVENT: idsOf('EVENT'),
      CLAIM: idsOf('CLAIM'),
      DOCUMENT: idsOf('DOCUMENT'),
      CITATION: idsOf('CITATION'),
    };
  }

  count(kind: FilledKind): number {
    return this.sizes[LIST_NAMES[kind]];
  }

  id(kind: FilledKind, index: number): string {
    return this.ids[kind][index] as string;
  }

  /** One in ten has a newest revision that waits for an editor, one in fifty was never published. */
  fate(kind: FilledKind, index: number): Fate {
    if (kind === 'ACTOR' && index === this.famous) return 'PUBLIC';
    const draw = this.random(kind, index, DRAWS.fate).below(50);
    return draw === 0 ? 'DRAFT' : draw <= 5 && this.sizes.revisions > 1 ? 'PENDING' : 'PUBLIC';
  }

  slug(kind: FilledKind, index: number): string {
    return `${addressWords(this.random(kind, index, DRAWS.slug))}-${index + 1}`;
  }

  /** What the wiki links of a long text name; the text must have been made. */
  targetsIn(hash: string): readonly WikiTarget[] {
    return this.targets.get(hash) ?? [];
  }

  /** The entry that a wiki link names by its slug, and whether the public may know; null where there is none. */
  find({ kind, target }: WikiTarget): { id: string; isPublic: boolean } | null {
    const known = CREATION_ORDER.find((one) => one === kind);
    const index = Number(/\d+$/.exec(target)?.[0] ?? 0) - 1;
    if (!known || index < 0 || index >= this.count(known) || this.slug(known, index) !== target) return null;
    return { id: this.id(known, index), isPublic: this.fate(known, index) !== 'DRAFT' };
  }

  /** What an entry holds in a revision, counted from 1. */
  make(kind: FilledKind, index: number, revision: number): Made {
    const texts = new Map<string, string>();
    const fields: readonly string[] = EDITED[kind];
    const version = (field: string): number => {
      const turn = fields.indexOf(field);
      return turn < 0 || revision < turn + 2 ? 0 : Math.floor((revision - 2 - turn) / fields.length) + 1;
    };
    const changed = revision === 1 ? null : fields[(revision - 2) % fields.length];
    const making: Making = {
      index,
      shape: this.random(kind, index, DRAWS.shape),
      version,
      wording: (field) => this.random(kind, index, numberOf(field), version(field)),
      itemId: (field, place) => this.random(kind, index, DRAWS.item, numberOf(field), place).itemId(),
      keep: (field, length, end) => {
        const key = `${this.id(kind, index)} ${version(field)}`;
        const known = changed === null || changed === field ? undefined : this.hashes.get(key);
        if (known) return known;
        const random = making.wording(field);
        const text = `${paragraphs(random, length)}${end?.(random) ?? ''}`;
        const hash = sha256(text);
        const targets = wikiTargetsIn(text);
        if (targets.length > 0) this.targets.set(hash, targets);
        if (changed === null || changed === field) texts.set(hash, text);
        this.hashes.set(key, hash);
        return hash;
      },
    };
    return { content: this.makers[kind](making), texts };
  }

  private random(kind: FilledKind, ...seed: number[]): Random {
    return new Random(this.seed, CREATION_ORDER.indexOf(kind), ...seed);
  }

  /** A few outlets publish everything; the first of the actors. */
  get outlets(): number {
    return Math.max(1, Math.ceil(this.sizes.actors / 100));
  }

  /** The actor that everybody talks about: the first one that is no outlet. */
  get famous(): number {
    return Math.min(this.outlets, this.sizes.actors - 1);
  }

  /** Whether the famous actor stands in a story's cast, or in a citation's chain: so many of them, at even distances. */
  private isAboutFamous(kind: 'STORY' | 'CITATION', index: number): boolean {
    const wanted = kind === 'STORY' ? this.sizes.famousStories : this.sizes.famousCitations;
    const upTo = (end: number): number => Math.floor((end * wanted) / this.count(kind));
    return upTo(index + 1) > upTo(index);
  }

  /** Wiki links for the end of a story: one in four has some, and of those one in eight names what is not there yet. */
  private links = (random: Random): string => {
    if (!random.oneIn(4)) return '';
    const actor = this.slug('ACTOR', random.skewed(this.sizes.actors));
    const event = random.oneIn(8) ? 'not-yet-written' : this.slug('EVENT', random.below(this.sizes.events));
    return `\n\nMore of [[actor:${actor}]] and of [[event:${event}|what happened]].`;
  };

  private someActor = (random: Random): string => this.id('ACTOR', random.skewed(this.sizes.actors));
  private someOutlet = (random: Random): string => this.id('ACTOR', random.skewed(this.outlets));

  private readonly makers: Readonly<Record<FilledKind, (making: Making) => Content>> = {
    STORY: (making) => this.makeStory(making),
    ACTOR: (making) => this.makeActor(making),
    EVENT: (making) => this.makeEvent(making),
    CLAIM: (making) => this.makeClaim(making),
    DOCUMENT: (making) => this.makeDocument(making),
    CITATION: (making) => this.makeCitation(making),
  };

  private makeStory({ index, shape, version, wording, itemId, keep }: Making): StoryContent {
    const { actors, events, claims } = this.sizes;
    const isFamous = this.isAboutFamous('STORY', index);
    const words = wording('summary');
    const cast = new Random(shape.next()); // apart, for the timeline takes more or less chance as it grows
    const timeline = listOf(4 + shape.below(9) + (version('timeline') % 4), (place): TimelineItemContent => {
      const draw = shape.below(10);
      const event = draw < 8 ? this.id('EVENT', shape.below(events)) : null;
      const claim = draw === 8 ? this.id('CLAIM', shape.below(claims)) : null;
      const text = draw === 9 || shape.oneIn(4) ? sentence(shape, 14) : null;
      const note = text && shape.oneIn(20) ? `${text} [[actor:${this.slug('ACTOR', index % actors)}]]` : text;
      return { id: itemId('timeline', place), event, claim, note };
    });
    return {
      slug: this.slug('STORY', index),
      language: 'en',
      headline: headline(wording('headline')),
      summary: `${sentence(words, 18)} ${sentence(words, 12)}`,
      body: keep('body', 3 + (index % 8), this.links),
      topics: [...new Set([placeName(cast), placeName(cast)])],
      timeline,
      cast: listOf(5, (place) => ({
        id: itemId('cast', place),
        actor: isFamous && place === 1 ? this.id('ACTOR', this.famous) : this.someActor(cast),
        role: place === 0 ? 'subject' : null,
      })),
      related:
        index === 0
          ? []
          : [{ id: itemId('related', 0), story: this.id('STORY', cast.below(index)), relation: 'SEE_ALSO' as const }],
    };
  }

  private makeActor({ index, shape, version, wording, itemId, keep }: Making): ActorContent {
    const isOutlet = index < this.outlets;
    const types = Object.values(ActorType).filter((type) => type !== 'MEDIA_OUTLET' && type !== 'ANONYMOUS');
    const actorType = isOutlet ? 'MEDIA_OUTLET' : shape.oneIn(3) ? shape.pick(types) : 'PERSON';
    const name = (random: Random): string => (actorType === 'PERSON' ? personName(random) : bodyName(random));
    return {
      slug: this.slug('ACTOR', index),
      language: 'en',
      actorType,
      names: listOf(1 + shape.below(2) + (version('names') % 3), (place) => ({
        id: itemId('names', place),
        text: `${name(shape)} ${index + 1}`,
        kind: place === 0 ? 'OFFICIAL' : 'ALIAS',
        language: null,
        preferred: place === 0,
        usedIn: place === 0 && index % 4 === 0 ? [this.id('DOCUMENT', index % this.sizes.documents)] : [],
      })),
      description: sentence(wording('description'), 9),
      body: keep('body', 1),
      roles: listOf(index === 0 ? 0 : (version('roles') + shape.below(2)) % 3, (place) => ({
        id: itemId('roles', place),
        title: 'Spokesperson',
        organization: this.id('ACTOR', new Random(this.seed, index, place).below(Math.min(index, this.outlets))),
        period: date('2014/2019'),
        note: null,
      })),
      relations: [],
      identifiers: shape.oneIn(4) ? [{ scheme: 'wikidata', value: `Q${index + 1}` }] : [],
      anonymity: null,
    };
  }

  private makeEvent({ index, shape, version, wording, itemId, keep }: Making): EventContent {
    const part = index > 0 && shape.oneIn(10) ? this.id('EVENT', shape.below(index)) : null;
    const when = someDate(shape);
    const eventType = shape.pick(Object.values(EventType));
    return {
      slug: this.slug('EVENT', index),
      language: 'en',
      title: headline(wording('title')),
      eventType,
      body: keep('body', 1),
      when,
      place: { name: `${placeName(shape)}, ${version('place')}`, country: null, latitude: 10.5, longitude: -66.9 },
      occurrence: 'OCCURRED',
      participants: listOf(1 + shape.below(3) + (version('participants') % 2), (place) => ({
        id: itemId('participants', place),
        actor: this.someActor(shape),
        role: place === 0 ? 'speaker' : null,
      })),
      partOf: part,
    };
  }

  private makeClaim({ shape, version, wording }: Making): ClaimContent {
    const subject = shape.oneIn(2) ? this.someActor(shape) : this.id('EVENT', shape.below(this.sizes.events));
    const mood: Mood = shape.pick(['FACT', 'ALLEGATION', 'BELIEF']);
    const verdict = version('verdict');
    return {
      language: 'en',
      text: sentence(wording('text'), 12),
      subject,
      property: shape.pick(['role', 'sanctioned-by-us', 'payment']),
      value: { text: null, number: 100 + version('value'), unit: 'USD', date: null, entry: null },
      mood,
      when: date(`${2000 + (version('when') % 25)}`),
      relations: [],
      verdict: verdict === 0 ? null : { rating: 'UNPROVEN', reason: sentence(wording('verdict'), 10) },
    };
  }

  private makeDocument({ index, shape, version, wording, keep }: Making): DocumentContent {
    return {
      language: 'en',
      title: headline(wording('title')),
      documentType: 'ARTICLE',
      url: `https://outlet-${shape.below(this.outlets)}.example/${index + 1}/${version('url')}`,
      archiveUrl: null,
      publisher: this.someOutlet(shape),
      authors: shape.oneIn(2) ? [this.someActor(shape)] : [],
      publishedAt: someDate(shape),
      retrievedAt: '2025-01-28T14:05:00.000Z',
      translationOf: null,
      status: 'ACTIVE',
      statusNote: version('statusNote') === 0 ? null : sentence(wording('statusNote'), 8),
      keptText: keep('keptText', 3),
    };
  }

  private makeCitation({ index, shape, version, wording, itemId }: Making): CitationContent {
    const { events, claims, documents } = this.sizes;
    const famous = this.isAboutFamous('CITATION', index) ? this.id('ACTOR', this.famous) : null;
    const usual = shape.below(10) < 7 ? this.id('EVENT', shape.below(events)) : this.id('CLAIM', shape.below(claims));
    const about = famous && shape.oneIn(10) ? famous : usual;
    const document = this.id('DOCUMENT', shape.below(documents));
    const stance: Stance = shape.pick(['ASSERTS', 'CONFIRMS', 'DENIES', 'DOUBTS']);
    const chain = listOf((famous ? 2 : 1) + (version('chain') % 2), (place): HopContent => {
      const role = place === 0 ? 'PUBLISHED_BY' : 'ORIGIN';
      const actor = place === 0 ? this.someOutlet(shape) : famous && place === 1 ? famous : this.someActor(shape);
      return { id: itemId('chain', place), role, actor, document: null, description: null };
    });
    return {
      language: 'en',
      about,
      path: null,
      stance,
      document,
      quote: sentence(wording('quote'), 14),
      quoteKind: 'PARAPHRASE',
      locator: `paragraph ${1 + version('locator')}`,
      chain,
      saidAt: date(`20${10 + (version('saidAt') % 15)}-0${1 + shape.below(9)}`),
    };
  }
}

/** A name as a part of a seed. */
const numberOf = (name: string): number => Buffer.from(name).reduce((sum, byte) => Math.imul(sum, 31) + byte, 0);

const listOf = <Item>(length: number, make: (place: number) => Item): Item[] =>
  Array.from({ length }, (_, place) => make(place));

const date = (edtf: string): DateContent => ({ edtf, wording: null, anchor: null });

const twoDigits = (number: number): string => String(number).padStart(2, '0');

// Few enough for the parser to remember them all.
const someDate = (random: Random): DateContent =>
  date(`${2005 + random.below(20)}-${twoDigits(1 + random.below(12))}-${twoDigits(1 + 7 * random.below(4))}`);
