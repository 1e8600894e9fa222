import { Field, InterfaceType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import type { Lens } from './lens';
import { Node } from './node';
import { LanguageTag } from './scalars';
import { UserRole } from './user';

export const EntryKind = words('STORY', 'ACTOR', 'EVENT', 'CLAIM', 'DOCUMENT', 'CITATION');
export type EntryKind = keyof typeof EntryKind;
registerEnumType(EntryKind, { name: 'EntryKind', description: 'The six kinds of entry.' });

export const EntryState = words('DRAFT', 'EMBARGOED', 'PUBLISHED', 'WITHDRAWN', 'DELETED');
export type EntryState = keyof typeof EntryState;
registerEnumType(EntryState, {
  name: 'EntryState',
  description:
    'DRAFT: never published. EMBARGOED: published, but not before embargoUntil. WITHDRAWN: taken back, with a public note.',
});

export const EntryAction = words(
  'EDIT',
  'PUBLISH',
  'REJECT',
  'WITHDRAW',
  'DELETE',
  'RESTORE',
  'MERGE',
  'PROTECT',
  'COMMENT',
  'HIDE_REVISIONS',
);
export type EntryAction = keyof typeof EntryAction;
registerEnumType(EntryAction, {
  name: 'EntryAction',
  description: 'What the viewer may do with an entry now, by the policy table.',
});

@ObjectType({ simpleResolvers: true, description: 'Only these roles may edit, until then.' })
export class Protection {
  @Field(() => UserRole)
  minimumRole: UserRole;

  @Field(() => Date, { nullable: true })
  until: Date | null;

  @Field(() => String, { nullable: true })
  reason: string | null;
}

/** A content as it is stored: JSON values by field name, long texts as their hash. Each kind narrows it. */
export interface Content {
  language: string;
  [field: string]: unknown;
}

/** What the store knows of an entry through a lens; an `Entry` is made of it. */
export interface EntryRecord<C extends Content = Content> {
  id: string;
  kind: EntryKind;
  /** Number of the revision shown. */
  revisionNumber: number;
  title: string;
  slug: string | null;
  state: EntryState;
  /** When it came into this view. */
  createdAt: Date;
  /** When what is shown came into this view. */
  updatedAt: Date;
  latestRevision: number;
  /** Number of the revision that was accepted, as of a moment; left out of what is there now, for most never ask. */
  publishedThen?: number | null;
  content: C;
}

/** Whatever the newsroom keeps and revises, seen through a lens. References to other entries are resolved in `api/`. */
@InterfaceType({ implements: Node, description: 'Whatever the newsroom keeps and revises.' })
export abstract class Entry<C extends Content = Content> extends Node {
  override id: string;

  @Field(() => EntryKind)
  kind: EntryKind;

  @Field({
    description: 'What to call it in a list: headline, preferred name, event title, claim text, document title.',
  })
  title: string;

  @Field(() => String, {
    nullable: true,
    description: 'Null for claims, documents and citations, which are addressed by id.',
  })
  slug: string | null;

  @Field(() => LanguageTag, { description: 'Language it is written in.' })
  language: string;

  @Field(() => EntryState)
  state: EntryState;

  @Field(() => Int, { description: 'Number of the newest revision in this view: in PUBLISHED, the published one.' })
  latestRevision: number;

  @Field(() => Date, { description: 'In PUBLISHED: its first publication.' })
  createdAt: Date;

  @Field(() => Date, { description: 'In PUBLISHED: when what is shown became public.' })
  updatedAt: Date;

  /** Number of the revision shown. */
  readonly revisionNumber: number;
  /** Number of the revision that was accepted then; undefined where it is seen as it is now. */
  readonly publishedThen: number | null | undefined;
  readonly content: C;

  constructor(
    record: EntryRecord<C>,
    readonly lens: Lens,
  ) {
    super();
    this.id = record.id;
    this.kind = record.kind;
    this.title = record.title;
    this.slug = record.slug;
    this.language = record.content.language;
    this.state = record.state;
    this.latestRevision = record.latestRevision;
    this.createdAt = record.createdAt;
    this.updatedAt = record.updatedAt;
    this.revisionNumber = record.revisionNumber;
    this.publishedThen = record.publishedThen;
    this.content = record.content;
  }
}
