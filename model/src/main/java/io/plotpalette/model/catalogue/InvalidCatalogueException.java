package io.plotpalette.model.catalogue;

/** A catalogue file that cannot be used; the message names every bad entry and field. */
public final class InvalidCatalogueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidCatalogueException(String message, Throwable cause) {
    super(message, cause);
  }
}
