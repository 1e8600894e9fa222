import { Field, ID, InterfaceType } from 'type-graphql';

/** Whatever has an id of its own (Relay's Global Object Identification). */
@InterfaceType({ description: 'Whatever has an id of its own; `node(id)` finds it again.' })
export abstract class Node {
  @Field(() => ID, { description: 'Opaque and stable.' })
  id: string;
}
