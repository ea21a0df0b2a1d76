package io.plotpalette.model.catalogue;

/** A name no model of the catalogue has, or one that cannot be called in a region. */
public final class UnknownModelException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  UnknownModelException(String message) {
    super(message);
  }
}
