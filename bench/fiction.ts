import { sha256 } from '../src/base/hash';
import { type ActorContent, ActorType } from '../src/model/actor';
import type { CitationContent, HopContent, Stance } from '../src/model/citation';
import type { ClaimContent, Mood } from '../src/model/claim';
import type { DocumentContent } from '../src/model/document';
import type { Content, EntryKind } from '../src/model/entry';
import { type EventContent, EventType } from '../src/model/event';
import type { DateContent } from '../src/model/fuzzy-date';
import type { StoryContent, TimelineItemContent } from '../src/model/story';
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
}

/** Kinds in the order in which they can be created: what is referred to comes first. */
export const CREATION_ORDER = ['ACTOR', 'DOCUMENT', 'EVENT', 'CLAIM', 'CITATION', 'STORY'] as const;

/** How far an entry comes: public as it is, public with a newer revision that waits, or never public. */
export type Fate = 'PUBLIC' | 'PENDING' | 'DRAFT';

const WORDS_OF: Readonly<Record<EntryKind, keyof Sizes>> = {
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
} as const satisfies Record<EntryKind, readonly string[]>;

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
  /** The hash of a long text of so many paragraphs. */
  keep(field: string, length: number): string;
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
  private readonly ids: Readonly<Record<EntryKind, readonly string[]>>;
  /** Hashes of long texts, which take longer to make than all the rest; kinds have one at most. */
  private readonly hashes = new Map<string, string>();

  constructor(
    readonly sizes: Sizes,
    readonly seed: number,
  ) {
    const idsOf = (kind: EntryKind): string[] =>
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

  count(kind: EntryKind): number {
    return this.sizes[WORDS_OF[kind]];
  }

  id(kind: EntryKind, index: number): string {
    return this.ids[kind][index] as string;
  }

  /** One in ten has a newest revision that waits for an editor, one in fifty was never published. */
  fate(kind: EntryKind, index: number): Fate {
    const draw = this.random(kind, index, DRAWS.fate).below(50);
    return draw === 0 ? 'DRAFT' : draw <= 5 && this.sizes.revisions > 1 ? 'PENDING' : 'PUBLIC';
  }

  slug(kind: EntryKind, index: number): string {
    return `${addressWords(this.random(kind, index, DRAWS.slug))}-${index + 1}`;
  }

  /** What an entry holds in a revision, counted from 1. */
  make(kind: EntryKind, index: number, revision: number): Made {
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
      keep: (field, length) => {
        const key = `${this.id(kind, index)} ${version(field)}`;
        const known = changed === null || changed === field ? undefined : this.hashes.get(key);
        if (known) return known;
        const text = paragraphs(making.wording(field), length);
        const hash = sha256(text);
        if (changed === null || changed === field) texts.set(hash, text);
        this.hashes.set(key, hash);
        return hash;
      },
    };
    return { content: this.makers[kind](making), texts };
  }

  private random(kind: EntryKind, ...seed: number[]): Random {
    return new Random(this.seed, CREATION_ORDER.indexOf(kind), ...seed);
  }

  /** A few outlets publish everything; the first of the actors. */
  get outlets(): number {
    return Math.max(1, Math.ceil(this.sizes.actors / 100));
  }

  private someActor = (random: Random): string => this.id('ACTOR', random.skewed(this.sizes.actors));
  private someOutlet = (random: Random): string => this.id('ACTOR', random.skewed(this.outlets));

  private readonly makers: Readonly<Record<EntryKind, (making: Making) => Content>> = {
    STORY: (making) => this.makeStory(making),
    ACTOR: (making) => this.makeActor(making),
    EVENT: (making) => this.makeEvent(making),
    CLAIM: (making) => this.makeClaim(making),
    DOCUMENT: (making) => this.makeDocument(making),
    CITATION: (making) => this.makeCitation(making),
  };

  private makeStory({ index, shape, version, wording, itemId, keep }: Making): StoryContent {
    const { events, claims } = this.sizes;
    const words = wording('summary');
    const cast = new Random(shape.next()); // apart, for the timeline takes more or less chance as it grows
    const timeline = listOf(4 + shape.below(9) + (version('timeline') % 4), (place): TimelineItemContent => {
      const draw = shape.below(10);
      const event = draw < 8 ? this.id('EVENT', shape.below(events)) : null;
      const claim = draw === 8 ? this.id('CLAIM', shape.below(claims)) : null;
      const note = draw === 9 || shape.oneIn(4) ? sentence(shape, 14) : null;
      return { id: itemId('timeline', place), event, claim, note };
    });
    return {
      slug: this.slug('STORY', index),
      language: 'en',
      headline: headline(wording('headline')),
      summary: `${sentence(words, 18)} ${sentence(words, 12)}`,
      body: keep('body', 3 + (index % 8)),
      topics: [...new Set([placeName(cast), placeName(cast)])],
      timeline,
      cast: listOf(5, (place) => ({
        id: itemId('cast', place),
        actor: this.someActor(cast),
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
        usedIn: [],
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

  private makeCitation({ shape, version, wording, itemId }: Making): CitationContent {
    const { events, claims, documents } = this.sizes;
    const about = shape.below(10) < 7 ? this.id('EVENT', shape.below(events)) : this.id('CLAIM', shape.below(claims));
    const document = this.id('DOCUMENT', shape.below(documents));
    const stance: Stance = shape.pick(['ASSERTS', 'CONFIRMS', 'DENIES', 'DOUBTS']);
    const chain = listOf(1 + (version('chain') % 2), (place): HopContent => {
      const role = place === 0 ? 'PUBLISHED_BY' : 'ORIGIN';
      const actor = place === 0 ? this.someOutlet(shape) : this.someActor(shape);
      return { id: itemId('chain', place), role, actor, document: null, description: null };
    });
    return {
      language: 'en',
      about,
      path: null,
      stance,
      document,
      quote: sentence(wording('quote'), 14),
      quoteKind: 'VERBATIM',
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
