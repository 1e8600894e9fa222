import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { judgeMatch } from '../edits/judge-match';
import { mergeEntries } from '../edits/merge-entries';
import { unmergeEntry } from '../edits/unmerge-entry';
import { Actor } from '../model/actor';
import { Entry } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { MatchCandidate } from '../model/match';
import { findMatches } from '../store/matches';
import { Scope } from '../store/scope';
import { EntryPayload } from './edit.inputs';
import { loadEntry, loadVisible } from './entries';
import {
  JudgeMatchInput,
  JudgeMatchPayload,
  MergeEntriesInput,
  UnmergeEntryInput,
  UnmergePayload,
} from './merge.inputs';
import { toPayload } from './payloads';

/** One person in two entries: made one, parted again, judged not to be. */
@Resolver()
export class MergeResolver {
  @Mutation(() => EntryPayload, {
    nullable: true,
    description:
      'Make one of two entries of one kind that are the same: `into` stays, takes over names (as aliases), roles, relations, identifiers and the like, and answers for the id, the slug and every reference of `from`. Both must be public, or neither. The answer is the survivor. `unmergeEntry` takes it back whole. EDITOR.',
  })
  async mergeEntries(@Arg('input') input: MergeEntriesInput, @Ctx() scope: Scope): Promise<EntryPayload> {
    return toPayload(scope, EntryPayload, await mergeEntries(scope, input));
  }

  @Mutation(() => UnmergePayload, {
    nullable: true,
    description:
      'Part an entry from the one that it was merged into: it stands again as it stood, the other gives back what it took over and keeps what was done to it since. Where the survivor was withdrawn meanwhile, it comes back withdrawn. EDITOR.',
  })
  async unmergeEntry(@Arg('input') input: UnmergeEntryInput, @Ctx() scope: Scope): Promise<UnmergePayload> {
    const result = await unmergeEntry(scope, input);
    scope.forget();
    return new UnmergePayload(result);
  }

  @Mutation(() => JudgeMatchPayload, {
    nullable: true,
    description:
      'Note whether two actors are one. NOT_SAME is remembered: they are not proposed again, and not merged until judged otherwise. SAME merges nothing by itself. EDITOR.',
  })
  async judgeMatch(@Arg('input') input: JudgeMatchInput, @Ctx() scope: Scope): Promise<JudgeMatchPayload> {
    const problems = await judgeMatch(scope, input);
    scope.forget();
    const [match] = problems.length > 0 ? [] : await findMatches(scope.run, [input.a], 1, input.b);
    return Object.assign(new JudgeMatchPayload(), { candidate: match ? new MatchCandidate(match) : null, problems });
  }
}

/** What parting two entries came to. */
@Resolver(() => UnmergePayload)
export class UnmergePayloadResolver {
  @FieldResolver(() => Entry, { nullable: true, description: 'The entry that stands for itself again.' })
  restored(@Root() { result }: UnmergePayload, @Ctx() scope: Scope): Promise<Entry | null> {
    return result.into === null ? Promise.resolve(null) : loadEntry(scope, LATEST_NOW, result.entryId);
  }

  @FieldResolver(() => Entry, { nullable: true, description: 'The entry that it was merged into.' })
  into(@Root() { result }: UnmergePayload, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, LATEST_NOW, result.into);
  }

  @FieldResolver(() => [Entry], {
    description:
      'Entries that came to refer to one of the two while they were one, newest first: which of them is meant is for a person to say. At most 500; problems tells of more.',
  })
  needsReassignment(@Root() { result }: UnmergePayload, @Ctx() scope: Scope): Promise<Entry[]> {
    return loadVisible(scope, LATEST_NOW, result.linked);
  }
}

/** Another actor that may be this one. */
@Resolver(() => MatchCandidate)
export class MatchCandidateResolver {
  @FieldResolver(() => Actor)
  actor(@Root() match: MatchCandidate, @Ctx() scope: Scope): Promise<Actor | null> {
    return loadEntry<Actor>(scope, LATEST_NOW, match.candidate);
  }
}
