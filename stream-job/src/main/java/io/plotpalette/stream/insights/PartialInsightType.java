package io.plotpalette.stream.insights;

import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's type of a partial insight, with a serializer of its own. */
final class PartialInsightType extends TypeInformation<PartialInsight> {
  private static final long serialVersionUID = 1L;

  /** How Flink finds it. */
  public static final class Factory extends TypeInfoFactory<PartialInsight> {
    @Override
    public TypeInformation<PartialInsight> createTypeInfo(
        Type type, Map<String, TypeInformation<?>> parameters) {
      return new PartialInsightType();
    }
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<PartialInsight> getTypeClass() {
    return PartialInsight.class;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<PartialInsight> createSerializer(SerializerConfig config) {
    return PartialInsightSerializer.INSTANCE;
  }

  @Override
  public String toString() {
    return "PartialInsight";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PartialInsightType;
  }

  @Override
  public int hashCode() {
    return PartialInsightType.class.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof PartialInsightType;
  }
}
