import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { words } from '../base/words';
import { nodeId } from '../base/node-id';
import { ChangeKind } from './change';
import { Derived } from './derived';
import { Problem } from './edit';
import { EntryKind } from './entry';
import { View } from './lens';
import { Node } from './node';
import { WebAddress } from './scalars';

/** A program elsewhere that is told of changes, as the store knows it: its secrets never leave the store but to sign. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    'An address that is sent what changes, signed as in Standard Webhooks, with the rights that its owner has at that moment.',
})
export class Webhook {
  uuid: string;

  @Derived<Webhook>(() => ID, (webhook) => nodeId('webhook', webhook.uuid))
  id: string;

  @Field(() => WebAddress)
  url: string;

  @Field(() => View)
  view: View;

  @Field(() => [ChangeKind], { nullable: true, description: 'Null is all.' })
  kinds: ChangeKind[] | null;

  @Field(() => [EntryKind], { nullable: true, description: 'Null is all.' })
  entryKinds: EntryKind[] | null;

  @Field(() => [ID], { nullable: true, description: 'Null is all.' })
  entries: string[] | null;

  @Field(() => ID, { nullable: true, description: 'The story that it follows, with all that the story holds.' })
  story: string | null;

  @Field({ description: 'Whether it is only told of what its owner watches.' })
  watched: boolean;

  owner: string;

  @Field(() => Date)
  createdAt: Date;

  @Derived<Webhook>(() => Boolean, (webhook) => webhook.disabledReason === null, {
    description: 'False: nothing is sent, and what happens meanwhile is sent after `enableWebhook`.',
  })
  enabled: boolean;

  @Field(() => String, { nullable: true, description: 'Why nothing is sent.' })
  disabledReason: string | null;

  /** Everything up to this position was acknowledged, or was nothing that it is told of. */
  acknowledgedTo: bigint;
}

export const DeliveryState = words('PENDING', 'RETRYING', 'DELIVERED', 'FAILED');
export type DeliveryState = keyof typeof DeliveryState;
registerEnumType(DeliveryState, {
  name: 'DeliveryState',
  description:
    'PENDING: not tried yet. RETRYING: failed, and is tried again. DELIVERED: acknowledged. FAILED: not tried any more; see `redeliver` and `enableWebhook`.',
});

/** One change on its way to one webhook. */
@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'One change on its way to one webhook; its id is the `webhook-id` of every attempt.',
})
export class Delivery {
  uuid: string;

  @Derived<Delivery>(() => ID, (delivery) => nodeId('delivery', delivery.uuid))
  id: string;

  webhook: string;

  position: bigint;

  @Field(() => DeliveryState)
  state: DeliveryState;

  @Field(() => Int, { description: 'How often it was tried, since it was last asked for.' })
  attempts: number;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the last answer; null where there was none.' })
  lastStatus: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why the last attempt failed, with at most 200 bytes of what the receiver answered.',
  })
  lastError: string | null;

  @Field(() => Date, { nullable: true })
  nextAttemptAt: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was acknowledged.' })
  deliveredAt: Date | null;
}

/** What an act on a webhook came to: its id, or what is wrong. */
export interface WebhookResult {
  id: string | null;
  /** A new signing secret: shown once. */
  secret?: string;
  problems: Problem[];
}
