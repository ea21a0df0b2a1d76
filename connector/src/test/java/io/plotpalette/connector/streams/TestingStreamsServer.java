package io.plotpalette.connector.streams;

import io.plotpalette.connector.streams.proxy.AttributeValue;
import io.plotpalette.connector.streams.proxy.ShardPosition;
import io.plotpalette.connector.streams.proxy.StreamFailure;
import io.plotpalette.connector.streams.proxy.StreamProxy;
import io.plotpalette.connector.streams.proxy.StreamProxyProvider;
import io.plotpalette.connector.streams.proxy.StreamRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stream in memory, changed by hand while a job reads it. Jobs reach it by name, because what
 * they hold must be serializable.
 */
final class TestingStreamsServer implements AutoCloseable {
  static final String TABLE = "things";
  static final String ARN = "arn:aws:dynamodb:eu-west-1:000000000000:table/things/stream/1";

  private static final Map<String, TestingStreamsServer> SERVERS = new ConcurrentHashMap<>();

  private final String name = UUID.randomUUID().toString();
  private final Map<String, TestingShard> shards = new TreeMap<>();
  private final Deque<StreamFailure> listingFailures = new ArrayDeque<>();
  private final Map<String, Deque<StreamFailure>> readFailures = new HashMap<>();
  private final List<String> iteratorsOpened = new ArrayList<>();
  private long nextSequence = 1;
  private boolean enabled = true;
  private boolean streamDropped;
  private int openProxies;

  TestingStreamsServer() {
    SERVERS.put(name, this);
  }

  StreamProxyProvider provider() {
    String server = name;
    return () -> SERVERS.get(server).connect();
  }

  synchronized StreamProxy connect() {
    openProxies++;
    return new TestingProxy();
  }

  @Override
  public void close() {
    SERVERS.remove(name);
  }

  synchronized TestingStreamsServer shard(String shardId, String parentShardId) {
    shards.put(shardId, new TestingShard(parentShardId));
    return this;
  }

  /** The shard takes and gives records, but no listing names it yet. */
  synchronized void unlisted(String shardId, String parentShardId) {
    shard(shardId, parentShardId);
    shards.get(shardId).listed = false;
  }

  synchronized void list(String shardId) {
    shards.get(shardId).listed = true;
  }

  synchronized void end(String shardId) {
    shards.get(shardId).closed = true;
  }

  synchronized void drop(String shardId) {
    shards.remove(shardId);
  }

  /** As at a wrong endpoint, or when the table is deleted. */
  synchronized void dropStream() {
    streamDropped = true;
  }

  /** The next reads of the shard find nothing and go on, as the service does between blocks. */
  synchronized void emptyPages(String shardId, int count) {
    shards.get(shardId).emptyPages = count;
  }

  synchronized void disable() {
    enabled = false;
  }

  /** Appends a record and gives its sequence number. */
  synchronized String put(String shardId, String key, int value, long createdMillis) {
    String sequence = "%021d".formatted(nextSequence++);
    shards
        .get(shardId)
        .records
        .add(
            new StreamRecord(
                "event-" + sequence,
                "INSERT",
                "1.1",
                createdMillis,
                sequence,
                10L,
                "NEW_AND_OLD_IMAGES",
                Map.of("key", AttributeValue.string(key)),
                Map.of(
                    "key", AttributeValue.string(key),
                    "value", AttributeValue.number(Integer.toString(value))),
                null));
    return sequence;
  }

  /** Forgets the shard's first records, as the stream does after 24 hours. */
  synchronized void trim(String shardId, int count) {
    shards.get(shardId).trimmed = count;
  }

  synchronized void failNextListing(StreamFailure failure) {
    listingFailures.add(failure);
  }

  synchronized void failNextRead(String shardId, StreamFailure failure) {
    readFailures.computeIfAbsent(shardId, none -> new ArrayDeque<>()).add(failure);
  }

  /** All iterators ever opened, as {@code shard ANCHOR sequence}. */
  synchronized List<String> iteratorsOpened() {
    return List.copyOf(iteratorsOpened);
  }

  synchronized int openProxies() {
    return openProxies;
  }

  private static final class TestingShard {
    final String parentShardId;
    final List<StreamRecord> records = new ArrayList<>();
    boolean listed = true;
    boolean closed;
    int trimmed;
    int emptyPages;

    TestingShard(String parentShardId) {
      this.parentShardId = parentShardId;
    }
  }

  private final class TestingProxy implements StreamProxy {

    @Override
    public String latestStreamArn(String table) throws StreamFailure {
      if (!table.equals(TABLE)) {
        throw new StreamFailure.Gone("No table " + table, null);
      }
      return ARN;
    }

    @Override
    public Listing describe(String streamArn) throws StreamFailure {
      synchronized (TestingStreamsServer.this) {
        StreamFailure failure = listingFailures.poll();
        if (failure != null) {
          throw failure;
        }
        if (streamDropped) {
          throw new StreamFailure.Gone("No stream " + streamArn, null);
        }
        List<Shard> listing = new ArrayList<>();
        shards.forEach(
            (id, shard) -> {
              if (shard.listed) {
                listing.add(new Shard(id, shard.parentShardId, shard.closed));
              }
            });
        return new Listing(listing, enabled);
      }
    }

    @Override
    public String openIterator(String streamArn, String shardId, ShardPosition position)
        throws StreamFailure {
      synchronized (TestingStreamsServer.this) {
        iteratorsOpened.add(
            "%s %s %s".formatted(shardId, position.anchor(), position.sequenceNumber()));
        TestingShard shard = existing(shardId);
        int index =
            switch (position.anchor()) {
              case TRIM_HORIZON -> shard.trimmed;
              case LATEST -> shard.records.size();
              case AFTER_SEQUENCE_NUMBER -> {
                int next = 0;
                while (next < shard.records.size()
                    && shard.records.get(next).sequenceNumber().compareTo(position.sequenceNumber())
                        <= 0) {
                  next++;
                }
                yield next;
              }
            };
        if (index < shard.trimmed) {
          throw new StreamFailure.Trimmed("before " + shard.trimmed, null);
        }
        return shardId + "@" + index;
      }
    }

    @Override
    public Page read(String iterator, int maxRecords) throws StreamFailure {
      synchronized (TestingStreamsServer.this) {
        String shardId = iterator.substring(0, iterator.indexOf('@'));
        int from = Integer.parseInt(iterator.substring(iterator.indexOf('@') + 1));
        Deque<StreamFailure> failures = readFailures.get(shardId);
        if (failures != null && !failures.isEmpty()) {
          throw failures.poll();
        }
        TestingShard shard = existing(shardId);
        if (from < shard.trimmed) {
          throw new StreamFailure.Trimmed("before " + shard.trimmed, null);
        }
        if (shard.emptyPages > 0) {
          shard.emptyPages--;
          return new Page(List.of(), iterator);
        }
        int to = Math.min(from + maxRecords, shard.records.size());
        boolean end = shard.closed && to == shard.records.size();
        return new Page(shard.records.subList(from, to), end ? null : shardId + "@" + to);
      }
    }

    private TestingShard existing(String shardId) throws StreamFailure {
      TestingShard shard = shards.get(shardId);
      if (shard == null || streamDropped) {
        throw new StreamFailure.Gone("No shard " + shardId, null);
      }
      return shard;
    }

    @Override
    public void close() {
      synchronized (TestingStreamsServer.this) {
        openProxies--;
      }
    }
  }
}
