package io.plotpalette.connector.sink;

import java.io.Serializable;

/**
 * Turns an element of the job into the write of one item. Must not throw, however odd the element
 * is: one that stops the job would stop it again after every restart.
 */
@FunctionalInterface
public interface DynamoDbWriteConverter<T> extends Serializable {
  DynamoDbWrite convert(T element);
}
