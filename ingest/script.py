"""The one way a document changes: a merge that compares versions where the document is.

Runs inside the shard, so nothing can come between reading a version and writing the next.
"""

# Parameters: id, group, version, delete, fields, owned, vectors (a map, or null: keep what is
# stored), vector_names, sketch (of the vectors), text_hash, model, state (of a product change: embedded or failed), now.
SOURCE = """
def s = ctx._source;
if (s.connector == null) {
  s.connector = ['id': params.id, 'versions': [:], 'deleted': true, 'state': 'pending'];
}
def c = s.connector;
def have = c.versions[params.group];
if (have != null) {
  long old = ((Number) have).longValue();
  long version = ((Number) params.version).longValue();
  boolean mended = old == version && params.vectors != null && c.state == 'failed';
  if (old >= version && !mended) { ctx.op = 'none'; return; }
}
boolean product = params.group == 'product';
if (product && !params.delete && params.state == 'embedded' && params.vectors == null
    && (c.text_hash != params.text_hash || c.model != params.model || c.state != 'embedded')) {
  throw new IllegalArgumentException('connector: text moved');
}
for (name in params.owned) { s.remove(name); }
if (!params.delete) { s.putAll(params.fields); }
if (product) {
  boolean keep = params.state == 'embedded' && params.vectors == null;
  if (!keep) {
    for (name in params.vector_names) { s.remove(name); }
    c.remove('sketch');
  }
  if (params.vectors != null) { s.putAll(params.vectors); }
  if (params.sketch != null) { c.sketch = params.sketch; }
  c.deleted = params.delete;
  if (params.delete) {
    c.remove('text_hash');
    c.remove('model');
    c.state = 'deleted';
  } else {
    c.text_hash = params.text_hash;
    c.model = params.model;
    c.state = params.state;
  }
}
c.versions[params.group] = params.version;
c.indexed_at = params.now;
"""

# Asks a shard whether it answers.
NOTHING = "ctx.op = 'none'"

# What the script throws when a change planned without vectors meets a text it was not planned for.
TEXT_MOVED = "connector: text moved"
