import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Problem } from '../model/edit';
import { Cursor, WebAddress } from '../model/scalars';
import { Delivery, Webhook } from '../model/webhook';
import { ChangeFilter } from './feed.inputs';

@InputType()
export class CreateWebhookInput {
  @Field(() => WebAddress, { description: 'Where to send it: https, outside this network, without user and password.' })
  url: string;

  @Field(() => ChangeFilter, { nullable: true, description: 'What to tell; what is published, without it.' })
  filter?: ChangeFilter | null;

  @Field(() => Cursor, {
    nullable: true,
    description: 'What comes after it is told; without it, what comes from now on.',
  })
  after?: string | null;
}

@InputType()
export class DeleteWebhookInput {
  @Field(() => ID)
  id: string;
}

@InputType()
export class EnableWebhookInput {
  @Field(() => ID)
  id: string;
}

@InputType()
export class RotateWebhookSecretInput {
  @Field(() => ID)
  id: string;
}

@InputType()
export class RedeliverInput {
  @Field(() => ID, { description: 'Id of a delivery: the `webhook-id` that its receiver saw.' })
  delivery: string;
}

@ObjectType({ simpleResolvers: true, description: 'A webhook, or what is wrong.' })
export class WebhookPayload {
  @Field(() => Webhook, { nullable: true, description: 'Null where it is deleted.' })
  webhook: Webhook | null;

  @Field(() => String, { nullable: true, description: 'Signing secret (Standard Webhooks, whsec_…), shown this once.' })
  secret: string | null;

  @Field(() => [Problem])
  problems: Problem[];
}

@ObjectType({ simpleResolvers: true, description: 'A delivery, or what is wrong.' })
export class RedeliverPayload {
  @Field(() => Delivery, { nullable: true })
  delivery: Delivery | null;

  @Field(() => [Problem])
  problems: Problem[];
}
