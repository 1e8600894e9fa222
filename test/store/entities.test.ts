import { openTestNewsroom, type TestNewsroom } from '../support/newsroom';

let room: TestNewsroom;
beforeAll(async () => {
  room = await openTestNewsroom();
});
afterAll(() => room.close());

interface Column {
  column_name: string;
  data_type: string;
  is_nullable: string;
}

const TYPES: Record<string, string> = { timestamptz: 'timestamp with time zone', bool: 'boolean' };
const byName = (one: Column, other: Column): number => one.column_name.localeCompare(other.column_name);

describe('the classes that TypeORM maps', () => {
  it('have the columns that the migrations make, with their types and whether they may be null', async () => {
    const entities = room.newsroom.database.dataSource.entityMetadatas;
    expect(entities.map((entity) => entity.tableName).toSorted()).toEqual(['token', 'user']);
    for (const entity of entities) {
      const columns: Column[] = await room.sql(
        `select column_name, data_type, is_nullable from information_schema.columns
          where table_schema = 'public' and table_name = $1`,
        [entity.tableName],
      );
      const mapped: Column[] = entity.columns.map((column) => ({
        column_name: column.databaseName,
        data_type: TYPES[String(column.type)] ?? String(column.type),
        is_nullable: column.isNullable ? 'YES' : 'NO',
      }));
      expect(mapped.toSorted(byName)).toEqual(columns.toSorted(byName));
    }
  });
});
