import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATES = `('DRAFT', 'EMBARGOED', 'PUBLISHED', 'WITHDRAWN', 'DELETED', 'MERGED')`;
const STATES_BEFORE = `('DRAFT', 'EMBARGOED', 'PUBLISHED', 'WITHDRAWN', 'DELETED')`;

// `into_entry` is what answers for the entry; `merged_into` what it was merged into itself, which may have been merged further,
// and `revision` what that became by it. `state` is how the entry stood.
const REDIRECTS = `
  alter table entry drop constraint entry_state, add constraint entry_state check (state in ${STATES});
  alter table change drop constraint change_state, add constraint change_state check (state in ${STATES});
  alter table redirect
    add column merged_into uuid not null,
    add column state text not null,
    add column revision integer not null,
    add constraint redirect_merged_into foreign key (merged_into) references entry (id),
    add constraint redirect_revision foreign key (merged_into, revision) references revision (entry, number),
    add constraint redirect_state check (state in ${STATES_BEFORE}),
    add constraint redirect_apart check (from_entry <> into_entry);
  create unique index redirect_now on redirect (from_entry) where until is null;
  create index redirect_ever_by_target on redirect (into_entry);
  create table shown_before (like shown including defaults including constraints, primary key (entry, view));
  alter table shown_before add constraint shown_before_entry foreign key (entry) references entry (id);
  comment on table shown_before is 'What the views showed of entries that are merged into others, until they part again.';
`;

// Reading as of a moment begins with what may be seen of an entry now: what answers for a merged one must be public for its past to be.
const SHOWN_EVER = `
  create view shown_ever as
    select s.entry, s.view, s.kind, s.since from shown s
    union all
    select b.entry, b.view, b.kind, b.since from shown_before b
      where b.view = 'LATEST' or exists (
        select from redirect d join shown p on p.entry = d.into_entry and p.view = 'PUBLISHED'
          where d.from_entry = b.entry and d.until is null);
`;

const listedAt = (isGone: string, shown: string): string => `
  create or replace function listed_at(of_entry uuid, in_view text, as_of bigint) returns bigint
    language plpgsql stable strict parallel safe as $body$
  declare
    stood record;
    due integer;
    seen integer;
  begin
    select c.state, c.latest, c.published into stood from change c
      where c.entry = of_entry and c.position <= as_of order by c.position desc limit 1;
    if not found or ${isGone} then return null; end if;
    if in_view = 'PUBLISHED' then
      if stood.state <> 'PUBLISHED' then return null; end if;
      perform from ${shown} s where s.entry = of_entry and s.view = 'PUBLISHED';
      if not found then return null; end if;
      due := stood.published;
    else
      due := stood.latest;
    end if;
    select r.number into seen from revision r
      where r.entry = of_entry and r.number <= due and r.hidden_at is null
        and (in_view = 'LATEST' or r.public_position is not null)
      order by r.number desc limit 1;
    if seen is null or seen = due then return case when seen = due then as_of end; end if;
    return coalesce((
      select min(x.position) - 1 from change x
        where x.entry = of_entry and x.position <= as_of and x.position > (
          select max(y.position) from change y
            where y.entry = of_entry and y.position <= as_of
              and case when in_view = 'LATEST' then y.latest = seen else y.published = seen and y.state = 'PUBLISHED' end)
    ), as_of);
  end $body$;
`;

/** Entries merged into others: who answers for whom and since when, and what the views showed of them before. */
export class Merging1700000000005 implements MigrationInterface {
  name = 'Merging1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REDIRECTS);
    await runner.query(SHOWN_EVER);
    await runner.query(listedAt(`stood.state in ('DELETED', 'MERGED')`, 'shown_ever'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(listedAt(`stood.state = 'DELETED'`, 'shown'));
    await runner.query(`
      drop view shown_ever;
      drop table shown_before;
      drop index redirect_ever_by_target, redirect_now;
      alter table redirect
        drop constraint redirect_apart, drop constraint redirect_state, drop constraint redirect_revision, drop column revision,
        drop column state, drop column merged_into;
      alter table change drop constraint change_state, add constraint change_state check (state in ${STATES_BEFORE});
      alter table entry drop constraint entry_state, add constraint entry_state check (state in ${STATES_BEFORE});
    `);
  }
}
