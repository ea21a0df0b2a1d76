package io.plotpalette.connector.streams;

import org.apache.flink.api.connector.source.SourceEvent;

/** The enumerator tells every reader the watermark of the whole stream, epoch milliseconds. */
record WatermarkAnnouncement(long watermark) implements SourceEvent {}
