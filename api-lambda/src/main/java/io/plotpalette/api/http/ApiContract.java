package io.plotpalette.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.http.ApiOperation.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code docs/openapi.yaml} as it is packaged with the handlers: as JSON, which the build makes of
 * it because YAML takes long to read, and as it stands for those who ask for it.
 */
public final class ApiContract {
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final JsonNode root;
  private final List<ApiOperation> operations;

  private ApiContract(JsonNode root) {
    this.root = root;
    this.operations = readOperations();
  }

  /** Read once; whoever asks meanwhile waits. */
  public static ApiContract packaged() {
    return Packaged.CONTRACT;
  }

  private static final class Packaged {
    private static final ApiContract CONTRACT = read();

    private static ApiContract read() {
      try {
        return of(Json.MAPPER.readTree(resource("openapi.json")));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read openapi.json", e);
      }
    }
  }

  static ApiContract of(JsonNode root) {
    return new ApiContract(root);
  }

  /** The file, word for word. */
  public static String text() {
    return new String(resource("openapi.yaml"), StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) {
    try (InputStream in = ApiContract.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not packaged with the handlers");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  /** In the order of the file. */
  public List<ApiOperation> operations() {
    return operations;
  }

  /** The operations one handler serves, in the order of the file. */
  public List<ApiOperation> operations(String tag) {
    return operations.stream().filter(operation -> operation.tag().equals(tag)).toList();
  }

  /** The whole document as a tree. */
  JsonNode root() {
    return root;
  }

  /** Prepares checking values against a schema, whose references point into this document. */
  SchemaCheck check(JsonNode schema) {
    ObjectNode standalone = schema.deepCopy();
    standalone.set("components", root.get("components"));
    return new SchemaCheck(standalone);
  }

  /** Prepares checking values against one of the document's named schemas. */
  public SchemaCheck check(String schemaName) {
    JsonNode schema = root.at("/components/schemas").required(schemaName);
    return check(schema);
  }

  /** The node itself, or what its {@code $ref} points to in this document. */
  JsonNode resolve(JsonNode node) {
    JsonNode target = node;
    while (target.has("$ref")) {
      String reference = target.get("$ref").textValue();
      target = root.at(reference.substring(1));
      if (target.isMissingNode()) {
        throw new IllegalArgumentException("the contract refers to nothing: " + reference);
      }
    }
    return target;
  }

  private List<ApiOperation> readOperations() {
    List<ApiOperation> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> entry : path.getValue().properties()) {
        if (METHODS.contains(entry.getKey())) {
          found.add(readOperation(path.getKey(), path.getValue(), entry));
        }
      }
    }
    return List.copyOf(found);
  }

  private ApiOperation readOperation(
      String path, JsonNode pathItem, Map.Entry<String, JsonNode> entry) {
    JsonNode operation = entry.getValue();
    JsonNode security =
        operation.has("security") ? operation.get("security") : root.path("security");
    Optional<RequestBody> requestBody =
        resolve(operation.path("requestBody")).path("content").properties().stream()
            .findFirst()
            .map(content -> new RequestBody(content.getKey(), content.getValue().path("schema")));
    return new ApiOperation(
        entry.getKey().toUpperCase(Locale.ROOT),
        path,
        operation.path("operationId").asText(),
        operation.path("tags").path(0).asText(),
        !security.isEmpty(),
        Stream.of(pathItem, operation)
            .flatMap(node -> node.path("parameters").valueStream())
            .map(this::resolve)
            .map(
                node ->
                    new ApiParameter(
                        node.path("name").asText(), node.path("in").asText(), node.path("schema")))
            .toList(),
        requestBody);
  }
}
