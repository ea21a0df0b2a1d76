package io.plotpalette.connector.sink;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The size of an item as DynamoDB counts it: UTF-8 bytes of names and values. Where its rule is
 * only approximate, for numbers, this is the lower bound, so nothing is refused that it would take.
 */
final class ItemSize {
  /** 400 KB. */
  static final long LIMIT = 400L * 1024;

  private static final int DOCUMENT_OVERHEAD = 3;
  private static final int ELEMENT_OVERHEAD = 1;

  private ItemSize() {}

  /** Bytes. */
  static long of(Map<String, AttributeValue> item) {
    return item.entrySet().stream()
        .mapToLong(attribute -> of(attribute.getKey()) + of(attribute.getValue()))
        .sum();
  }

  private static long of(AttributeValue value) {
    return switch (value.type()) {
      case S -> of(value.s());
      case N -> number(value.n());
      case B -> value.b().asByteArrayUnsafe().length;
      case BOOL, NUL -> 1;
      case M -> DOCUMENT_OVERHEAD + (long) ELEMENT_OVERHEAD * value.m().size() + of(value.m());
      case L -> DOCUMENT_OVERHEAD + value.l().stream().mapToLong(ItemSize::element).sum();
      case SS -> value.ss().stream().mapToLong(ItemSize::of).sum();
      case NS -> value.ns().stream().mapToLong(ItemSize::number).sum();
      case BS -> bytes(value.bs());
      case UNKNOWN_TO_SDK_VERSION -> 0;
    };
  }

  private static long element(AttributeValue value) {
    return ELEMENT_OVERHEAD + of(value);
  }

  private static long of(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A byte for two digits. */
  private static long number(String digits) {
    return Math.min(digits.length() / 2, 19);
  }

  private static long bytes(Collection<SdkBytes> blobs) {
    return blobs.stream().mapToLong(blob -> blob.asByteArrayUnsafe().length).sum();
  }
}
