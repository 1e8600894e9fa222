import { Field, Int, ObjectType } from 'type-graphql';
import type { ClassType } from 'type-graphql';
import { Derived } from './derived';

/** A page of a list. Cursors are made when somebody asks for them; the total is counted then, too. */
export interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  cursorAt(index: number): string;
  total(): Promise<number>;
}

@ObjectType({ simpleResolvers: true, description: 'Where a page stands in its list (Relay).' })
export class PageInfo {
  @Derived<PageInfo>(() => Boolean, (info) => info.page.hasNextPage, { description: 'Told when paging with first.' })
  hasNextPage: boolean;

  @Derived<PageInfo>(() => Boolean, (info) => info.page.hasPreviousPage, { description: 'Told when paging with last.' })
  hasPreviousPage: boolean;

  @Derived<PageInfo>(() => String, (info) => (info.page.nodes.length > 0 ? info.page.cursorAt(0) : null), {
    nullable: true,
  })
  startCursor: string | null;

  @Derived<PageInfo>(
    () => String,
    (info) => (info.page.nodes.length > 0 ? info.page.cursorAt(info.page.nodes.length - 1) : null),
    { nullable: true },
  )
  endCursor: string | null;

  constructor(readonly page: Page<unknown>) {}
}

/** What a connection of any kind of node is made of. */
export interface Connection<Node> {
  readonly page: Page<Node>;
}

/**
 * Makes the Relay connection and edge types of a kind of node. `Base` lets a name in the schema be a class in the code:
 * `class CitationConnection extends connectionOf(Citation, 'Citation') {}`.
 */
export function connectionOf<Node extends object>(
  NodeClass: ClassType<Node> | (abstract new (...args: never[]) => Node),
  name: string,
) {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: 'An item of a list, with its place.' })
  class Edge {
    @Derived<Edge>(() => String, (edge) => edge.page.cursorAt(edge.index), {
      description: 'Opaque; goes with the list, filter, order and view that gave it.',
    })
    cursor: string;

    @Derived<Edge>(() => NodeClass, (edge) => edge.page.nodes[edge.index])
    node: Node;

    constructor(
      readonly page: Page<Node>,
      readonly index: number,
    ) {}
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: 'A page of a list (Relay connection).' })
  class NodeConnection implements Connection<Node> {
    @Derived<NodeConnection>(
      () => [Edge],
      (connection) => connection.page.nodes.map((_, index) => new Edge(connection.page, index)),
    )
    edges: Edge[];

    @Derived<NodeConnection>(() => [NodeClass], (connection) => connection.page.nodes)
    nodes: Node[];

    @Derived<NodeConnection>(() => PageInfo, (connection) => new PageInfo(connection.page))
    pageInfo: PageInfo;

    constructor(readonly page: Page<Node>) {}

    @Field(() => Int, { description: 'Length of the whole list; counted when asked for.' })
    totalCount(): Promise<number> {
      return this.page.total();
    }
  }
  return NodeConnection;
}
