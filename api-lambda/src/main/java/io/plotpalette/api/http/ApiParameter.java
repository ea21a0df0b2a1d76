package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A parameter of an operation.
 *
 * @param location {@code path}, {@code query} or {@code header}
 */
public record ApiParameter(String name, String location, JsonNode schema) {}
