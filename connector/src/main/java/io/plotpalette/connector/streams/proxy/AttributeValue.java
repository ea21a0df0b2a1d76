package io.plotpalette.connector.streams.proxy;

import java.util.List;
import java.util.Map;

/**
 * An attribute in DynamoDB's own type system.
 *
 * @param value its class depends on the type, see {@link Type}
 */
public record AttributeValue(Type type, Object value) {

  /** DynamoDB's type descriptors with the Java class of their values. */
  public enum Type {
    /** String. */
    S,
    /** String: numbers have up to 38 digits and keep the writer's spelling. */
    N,
    /** byte[]. */
    B,
    /** Boolean. */
    BOOL,
    /** Boolean.TRUE. */
    NULL,
    /** Map of String to AttributeValue. */
    M,
    /** List of AttributeValue. */
    L,
    /** List of String. */
    SS,
    /** List of String. */
    NS,
    /** List of byte[]. */
    BS,
    /** Null: a type this version does not know. */
    UNKNOWN
  }

  public static AttributeValue string(String text) {
    return new AttributeValue(Type.S, text);
  }

  public static AttributeValue number(String digits) {
    return new AttributeValue(Type.N, digits);
  }

  public static AttributeValue binary(byte[] bytes) {
    return new AttributeValue(Type.B, bytes);
  }

  public static AttributeValue bool(boolean value) {
    return new AttributeValue(Type.BOOL, value);
  }

  public static AttributeValue nul() {
    return new AttributeValue(Type.NULL, true);
  }

  public static AttributeValue map(Map<String, AttributeValue> entries) {
    return new AttributeValue(Type.M, entries);
  }

  public static AttributeValue list(List<AttributeValue> elements) {
    return new AttributeValue(Type.L, elements);
  }

  public static AttributeValue strings(List<String> texts) {
    return new AttributeValue(Type.SS, texts);
  }

  public static AttributeValue numbers(List<String> digits) {
    return new AttributeValue(Type.NS, digits);
  }

  public static AttributeValue binaries(List<byte[]> blobs) {
    return new AttributeValue(Type.BS, blobs);
  }

  public static AttributeValue unknown() {
    return new AttributeValue(Type.UNKNOWN, null);
  }
}
