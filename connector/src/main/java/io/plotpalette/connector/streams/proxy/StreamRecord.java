package io.plotpalette.connector.streams.proxy;

import java.util.Map;

/**
 * One change of an item as the stream tells it. Whatever the stream left out is null.
 *
 * @param eventName INSERT, MODIFY or REMOVE
 * @param createdMillis approximate creation time, epoch milliseconds; the service gives whole
 *     seconds; 0 if it gave none
 * @param keys the primary key of the item
 */
public record StreamRecord(
    String eventId,
    String eventName,
    String eventVersion,
    long createdMillis,
    String sequenceNumber,
    Long sizeBytes,
    String viewType,
    Map<String, AttributeValue> keys,
    Map<String, AttributeValue> newImage,
    Map<String, AttributeValue> oldImage) {}
