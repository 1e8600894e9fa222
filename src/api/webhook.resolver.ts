import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { NodeType } from '../base/node-id';
import { assertMayEver } from '../edits/rights';
import { createWebhook, deleteWebhook, enableWebhook, mayKnow, redeliver, rotateSecret } from '../feed/webhooks';
import type { Node } from '../model/node';
import { Cursor } from '../model/scalars';
import { User } from '../model/user';
import { Delivery, Webhook, type WebhookResult } from '../model/webhook';
import { mayEver } from '../rules/policy';
import { makePage, readPageRequest } from '../store/pages';
import { Scope, type Viewer } from '../store/scope';
import { deliveriesLoader, deliveryCountLoader, deliveryLoader, webhookLoader } from '../store/webhook-loaders';
import { deliveryKey, findWebhooksOf } from '../store/webhooks';
import { DeliveryConnection, ForwardPageArgs } from './connections';
import { readFeedFilter } from './feed';
import {
  CreateWebhookInput,
  DeleteWebhookInput,
  EnableWebhookInput,
  RedeliverInput,
  RedeliverPayload,
  RotateWebhookSecretInput,
  WebhookPayload,
} from './webhook.inputs';

/** A webhook or delivery by id, for whoever's it is and for ADMIN; else null, as for none. */
export async function findWebhookNode(
  scope: Scope,
  { type, uuid }: { type: NodeType; uuid: string },
): Promise<Node | null> {
  if (!scope.viewer) return null;
  const delivery = type === 'delivery' ? await deliveryLoader(scope).load(uuid) : null;
  const id = delivery?.webhook ?? (type === 'webhook' ? uuid : null);
  const webhook = id === null ? null : await webhookLoader(scope).load(id);
  if (!webhook || !mayKnow(scope.viewer, webhook.owner)) return null;
  return delivery ?? webhook;
}

const assertViewer = (scope: Scope): Viewer => assertMayEver(scope, 'MANAGE_OWN_WEBHOOKS');

async function payloadOf(scope: Scope, { id, secret, problems }: WebhookResult): Promise<WebhookPayload> {
  scope.forget();
  const webhook = id === null ? null : await webhookLoader(scope).load(id);
  return Object.assign(new WebhookPayload(), { webhook, secret: secret ?? null, problems });
}

/** Webhooks, what becomes of them, and what they are told. */
@Resolver(() => Webhook)
export class WebhookResolver {
  @Query(() => [Webhook], { nullable: true, description: 'Your own, oldest first; for ADMIN, everybody’s.' })
  webhooks(@Ctx() scope: Scope): Promise<Webhook[]> {
    const viewer = assertViewer(scope);
    return findWebhooksOf(scope.run, mayEver(viewer, 'MANAGE_ALL_WEBHOOKS') ? null : viewer.user.uuid);
  }

  @FieldResolver(() => User)
  owner(@Root() webhook: Webhook, @Ctx() scope: Scope): Promise<User | null> {
    return scope.loaders.users.load(webhook.owner);
  }

  @FieldResolver(() => Cursor, {
    description:
      'Everything up to here was acknowledged, or was nothing that it is told of. Follow `changes` from here.',
  })
  acknowledged(@Root() webhook: Webhook, @Ctx() scope: Scope): string {
    return scope.newsroom.moments.seal(webhook.acknowledgedTo);
  }

  @FieldResolver(() => DeliveryConnection, {
    description:
      'Newest changes first. What was acknowledged is kept for 30 days, what was not for as long as the webhook.',
  })
  async deliveries(@Root() webhook: Webhook, @Args(() => ForwardPageArgs) args: ForwardPageArgs, @Ctx() scope: Scope) {
    const { cursors, pages } = scope.newsroom;
    const request = readPageRequest(`deliveries ${webhook.uuid}`, args, pages, cursors);
    const deliveries = await deliveriesLoader(scope, { ...request, list: 'deliveries' }).load(webhook.uuid);
    const total = (): Promise<number> => deliveryCountLoader(scope).load(webhook.uuid);
    return new DeliveryConnection(makePage(deliveries, request, deliveryKey, (delivery) => delivery, cursors, total));
  }

  @Mutation(() => WebhookPayload, {
    nullable: true,
    description: 'Sends changes to an address, as Standard Webhooks has it. The secret is shown once.',
  })
  async createWebhook(@Arg('input') input: CreateWebhookInput, @Ctx() scope: Scope): Promise<WebhookPayload> {
    const viewer = assertViewer(scope);
    const filter = readFeedFilter(scope, input.filter);
    const { url, after: cursor } = input;
    const after =
      typeof cursor === 'string'
        ? await scope.newsroom.moments.findResumption(scope.run, filter.view, cursor, 'input.after')
        : null;
    return payloadOf(scope, await createWebhook(scope, viewer, { url, filter, after }));
  }

  @Mutation(() => WebhookPayload, { nullable: true, description: 'Nothing more is sent, and nothing is kept of it.' })
  async deleteWebhook(@Arg('input') input: DeleteWebhookInput, @Ctx() scope: Scope): Promise<WebhookPayload> {
    return payloadOf(scope, await deleteWebhook(scope, assertViewer(scope), input));
  }

  @Mutation(() => WebhookPayload, {
    nullable: true,
    description:
      'Sends at once all that was never acknowledged, and then what came since. Also of use on one that is enabled, after its receiver was out of order.',
  })
  async enableWebhook(@Arg('input') input: EnableWebhookInput, @Ctx() scope: Scope): Promise<WebhookPayload> {
    return payloadOf(scope, await enableWebhook(scope, assertViewer(scope), input));
  }

  @Mutation(() => WebhookPayload, {
    nullable: true,
    description: 'A new secret, shown once. For 24 hours each call is signed with the former one, too.',
  })
  async rotateWebhookSecret(
    @Arg('input') input: RotateWebhookSecretInput,
    @Ctx() scope: Scope,
  ): Promise<WebhookPayload> {
    return payloadOf(scope, await rotateSecret(scope, assertViewer(scope), input));
  }

  @Mutation(() => RedeliverPayload, {
    nullable: true,
    description: 'Sends a change once more, with the same `webhook-id`, whatever became of it before.',
  })
  async redeliver(@Arg('input') input: RedeliverInput, @Ctx() scope: Scope): Promise<RedeliverPayload> {
    const { id, problems } = await redeliver(scope, assertViewer(scope), input);
    scope.forget();
    const delivery = id === null ? null : await deliveryLoader(scope).load(id);
    return Object.assign(new RedeliverPayload(), { delivery, problems });
  }
}

/** What a delivery is of. */
@Resolver(() => Delivery)
export class DeliveryResolver {
  @FieldResolver(() => Cursor, { description: 'The place of the change in the feed, as in what is sent.' })
  cursor(@Root() delivery: Delivery, @Ctx() scope: Scope): string {
    return scope.newsroom.moments.seal(delivery.position);
  }
}
