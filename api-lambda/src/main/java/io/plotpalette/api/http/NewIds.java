package io.plotpalette.api.http;

import java.util.function.Supplier;

/**
 * Ids for what one request creates.
 *
 * @param mayExist whether an earlier run of the same request can have created it already
 */
public record NewIds(Supplier<String> next, boolean mayExist) {}
