/**
 * Imported before everything else: unless somebody says otherwise the process runs as in production, for graphql-js otherwise
 * looks at every value for another copy of itself: a quarter of the time of a test that asks for whole graphs. Queries that are compiled
 * gain nothing that could be measured.
 */
process.env.NODE_ENV ??= 'production';
