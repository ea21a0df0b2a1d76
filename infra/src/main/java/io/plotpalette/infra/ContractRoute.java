package io.plotpalette.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A route of {@code docs/openapi.yaml}.
 *
 * @param method in upper case
 * @param path with parameters in braces
 * @param tag the handler that serves it
 * @param requiresToken whether the gateway asks for an access token
 */
record ContractRoute(String method, String path, String tag, boolean requiresToken) {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  /** All routes, in the order of the contract. */
  static List<ContractRoute> all() {
    JsonNode contract = contract();
    List<ContractRoute> routes = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : contract.required("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          JsonNode security = operation.getValue().path("security");
          routes.add(
              new ContractRoute(
                  operation.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  operation.getValue().required("tags").required(0).textValue(),
                  !(security.isMissingNode() ? contract.path("security") : security).isEmpty()));
        }
      }
    }
    return List.copyOf(routes);
  }

  private static JsonNode contract() {
    try (InputStream in = ContractRoute.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("openapi.yaml is not packaged with the app");
      }
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read openapi.yaml", e);
    }
  }

  /** As API Gateway names the route. */
  String key() {
    return method + " " + path;
  }
}
