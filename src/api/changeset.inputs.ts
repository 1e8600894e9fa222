import type { GraphQLSchema } from 'graphql';
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { ClassType } from 'type-graphql';
import type { ChangesetEdit } from '../edits/changeset';
import { type ChangesetResult, Outcome, Problem } from '../model/edit';
import type { EntryKind } from '../model/entry';
import { Derived } from '../model/derived';
import { ActorFields } from './actor.inputs';
import { CitationFields } from './citation.inputs';
import { ClaimFields } from './claim.inputs';
import { DocumentFields } from './document.inputs';
import { FieldEditInput, TakeBackInput, WriteInput } from './edit.inputs';
import { EventFields } from './event.inputs';
import { readResolve } from './resolutions';
import { StoryFields } from './story.inputs';

/** What each kind's entries are written with. */
const FIELDS: Readonly<Record<EntryKind, ClassType>> = {
  STORY: StoryFields,
  ACTOR: ActorFields,
  EVENT: EventFields,
  CLAIM: ClaimFields,
  DOCUMENT: DocumentFields,
  CITATION: CitationFields,
};

const KIND_NAMES = Object.keys(FIELDS) as EntryKind[];
const nameOf = (kind: EntryKind): string => kind.charAt(0) + kind.slice(1).toLowerCase();

interface CreatePart {
  ref?: string | null;
  fields: object;
}

/** The two inputs of a kind's part in a changeset. */
function partsOf(kind: EntryKind) {
  @InputType(`Create${nameOf(kind)}Edit`, { description: 'A new entry of a changeset.' })
  class Create implements CreatePart {
    @Field(() => String, {
      nullable: true,
      description: "What the changeset's other edits call it: '#' and this, in references and wiki links.",
    })
    ref?: string | null;

    @Field(() => FIELDS[kind])
    fields: object;
  }
  @InputType(`Edit${nameOf(kind)}Edit`, { description: 'An edit of a changeset.' })
  class Edit extends FieldEditInput {
    @Field(() => FIELDS[kind])
    fields: object;
  }
  return { Create, Edit };
}

/** One of them: a create or an edit of one kind. Its fields are made of the kinds there are. */
@InputType('ChangesetEdit', { description: 'Exactly one of these.' })
export class ChangesetEditInput {
  [part: string]: CreatePart | (FieldEditInput & { fields: object }) | undefined;
}

for (const kind of KIND_NAMES) {
  const { Create, Edit } = partsOf(kind);
  Field(() => Create, { nullable: true })(ChangesetEditInput.prototype, `create${nameOf(kind)}`);
  Field(() => Edit, { nullable: true })(ChangesetEditInput.prototype, `edit${nameOf(kind)}`);
}

/** The one write that an input names; GraphQL has seen to it that there is exactly one. */
export function toChangesetEdit(schema: GraphQLSchema, input: ChangesetEditInput, index: number): ChangesetEdit[] {
  return KIND_NAMES.flatMap((kind): ChangesetEdit[] => {
    const [create, edit] = [input[`create${nameOf(kind)}`], input[`edit${nameOf(kind)}`]];
    const place = (act: string): string => `/edits/${index}/${act}${nameOf(kind)}`;
    if (create) return [{ place: place('create'), kind, create }];
    if (edit)
      return [
        { place: place('edit'), kind, edit: readResolve(schema, kind, edit as FieldEditInput & { fields: object }) },
      ];
    return [];
  });
}

@InputType({
  description:
    "Several writes, all or none, one changeset. What one of them creates is referred to by the others as '#' and its ref.",
})
export class ApplyChangesetInput extends WriteInput {
  @Field(() => [ChangesetEditInput], { description: 'At most 200, each of another entry.' })
  edits: ChangesetEditInput[];

  @Field(() => String, { nullable: true, description: 'Why, for the history of all of them.' })
  summary?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'All of it public at once. Needs EDITOR.' })
  publish?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Leaves its edits for review even where the editor could accept them.',
  })
  hold?: boolean | null;
}

@InputType()
export class UndoChangesetInput extends TakeBackInput {
  @Field(() => ID)
  changeset: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What a changeset came to. Where something stands against it nothing is written: edits that nothing stands against answer UNCHANGED.',
})
export class ChangesetPayload {
  @Derived<ChangesetPayload>(() => Outcome, (payload) => payload.result.outcome, {
    description: 'MERGED where any of it was, CREATED where all of it is new.',
  })
  outcome: Outcome;

  @Derived<ChangesetPayload>(() => [Problem], (payload) => payload.result.problems, {
    description: 'All there are, also those of single edits, by their place in the input.',
  })
  problems: Problem[];

  constructor(readonly result: ChangesetResult) {}
}
