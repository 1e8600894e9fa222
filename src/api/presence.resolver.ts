import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { announcePresence } from '../edits/presence';
import { Presence } from '../model/comment';
import { Entry } from '../model/entry';
import { LATEST_NOW } from '../model/lens';
import { User } from '../model/user';
import { Scope } from '../store/scope';
import { loadEntry } from './entries';
import { AnnouncePresenceInput, PresencePayload } from './talk.inputs';

/** Who has what open. For the newsroom's eyes, and never of the past (rules 3.1). */
@Resolver(() => Presence)
export class PresenceResolver {
  @FieldResolver(() => User)
  user(@Root() { record }: Presence, @Ctx() scope: Scope): Promise<User | null> {
    return scope.loaders.users.load(record.user);
  }

  @FieldResolver(() => Entry)
  entry(@Root() { record }: Presence, @Ctx() scope: Scope): Promise<Entry | null> {
    return loadEntry(scope, LATEST_NOW, record.entry);
  }

  @Mutation(() => PresencePayload, {
    nullable: true,
    description:
      'Tell others what one has open, and hear who else has the entry open; forgotten after 30 seconds without a repeat. CONTRIBUTOR and above.',
  })
  async announcePresence(@Arg('input') input: AnnouncePresenceInput, @Ctx() scope: Scope): Promise<PresencePayload> {
    const present = await announcePresence(scope, input);
    return Object.assign(new PresencePayload(), { present: present.map((record) => new Presence(record)) });
  }
}
