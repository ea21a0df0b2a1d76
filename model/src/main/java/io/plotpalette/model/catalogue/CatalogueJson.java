package io.plotpalette.model.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plotpalette.model.money.TokenPrice;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads a catalogue file and finds everything that is wrong with it. */
final class CatalogueJson {
  private static final Set<String> FIELDS = Set.of("prices_as_of", "source", "models");
  private static final Set<String> MODEL_FIELDS =
      Set.of(
          "id",
          "aliases",
          "tier",
          "usd_per_million_tokens_in",
          "usd_per_million_tokens_out",
          "context_tokens",
          "max_output_tokens",
          "requests_per_minute",
          "tokens_per_minute",
          "regions");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<String> problems = new ArrayList<>();

  private CatalogueJson() {}

  static ModelCatalogue read(String name, byte[] file) {
    JsonNode json;
    try {
      json = JSON.readTree(file);
    } catch (IOException e) {
      throw new InvalidCatalogueException(name + " is not JSON: " + e.getMessage(), e);
    }
    CatalogueJson reader = new CatalogueJson();
    ModelCatalogue catalogue = reader.catalogue(json);
    if (!reader.problems.isEmpty()) {
      throw new InvalidCatalogueException(name + ": " + String.join("; ", reader.problems), null);
    }
    return catalogue;
  }

  private ModelCatalogue catalogue(JsonNode json) {
    refuseUnknownFields("the file", json, FIELDS);
    LocalDate asOf =
        parsed("the file", "prices_as_of", json.path("prices_as_of"), LocalDate::parse);
    String source = parsed("the file", "source", json.path("source"), text -> text);
    List<CatalogueModel> models = new ArrayList<>();
    JsonNode entries = json.path("models");
    if (!entries.isArray() || entries.isEmpty()) {
      problem("the file", "models", "must be a list with at least one model");
    }
    Map<String, String> owners = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      CatalogueModel model = model(entries.get(i), i, owners);
      if (model != null) {
        models.add(model);
      }
    }
    return problems.isEmpty() ? new ModelCatalogue(asOf, source, models) : null;
  }

  /** Null when something is wrong. */
  private CatalogueModel model(JsonNode json, int index, Map<String, String> owners) {
    int before = problems.size();
    String id = json.path("id").asText("");
    String entry = id.isBlank() ? "model " + (index + 1) : "model '" + id + "'";
    refuseUnknownFields(entry, json, MODEL_FIELDS);
    if (id.isBlank()) {
      problem(entry, "id", "is required");
    }
    List<String> aliases = texts(entry, json, "aliases");
    Set<String> names = new LinkedHashSet<>(aliases);
    names.add(id);
    for (String name : names) {
      String owner = owners.putIfAbsent(name, entry);
      if (owner != null) {
        problem(entry, name.equals(id) ? "id" : "aliases", "'" + name + "' belongs to " + owner);
      }
    }
    ModelTier tier =
        parsed(
            entry,
            "tier",
            json.path("tier"),
            text ->
                ModelTier.fromText(text)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "must be cheap, balanced or premium, not '" + text + "'")));
    TokenPrice in = price(entry, json, "usd_per_million_tokens_in");
    TokenPrice out = price(entry, json, "usd_per_million_tokens_out");
    int context = count(entry, json, "context_tokens");
    int maxOutput = count(entry, json, "max_output_tokens");
    if (maxOutput > context) {
      problem(entry, "max_output_tokens", "is larger than context_tokens");
    }
    int requests = count(entry, json, "requests_per_minute");
    int tokens = count(entry, json, "tokens_per_minute");
    List<String> regions = texts(entry, json, "regions");
    if (regions.isEmpty()) {
      problem(entry, "regions", "must name at least one region");
    }
    return problems.size() == before
        ? new CatalogueModel(
            id, aliases, tier, in, out, context, maxOutput, requests, tokens, Set.copyOf(regions))
        : null;
  }

  private TokenPrice price(String entry, JsonNode json, String field) {
    return parsed(entry, field, json.path(field), TokenPrice::parseUsdPerMillion);
  }

  private <T> T parsed(String entry, String field, JsonNode value, Function<String, T> parse) {
    if (!value.isTextual() || value.textValue().isBlank()) {
      problem(entry, field, "must be a text");
      return null;
    }
    try {
      return parse.apply(value.textValue());
    } catch (IllegalArgumentException | DateTimeException e) {
      problem(entry, field, e.getMessage());
      return null;
    }
  }

  private int count(String entry, JsonNode json, String field) {
    JsonNode value = json.path(field);
    if (!value.isInt() || value.intValue() < 1) {
      problem(entry, field, "must be a whole number of at least 1");
      return 1;
    }
    return value.intValue();
  }

  private List<String> texts(String entry, JsonNode json, String field) {
    List<String> texts = new ArrayList<>();
    JsonNode value = json.path(field);
    boolean right = value.isArray();
    for (JsonNode element : value) {
      right &= element.isTextual() && !element.textValue().isBlank();
      texts.add(element.asText());
    }
    if (!right || Set.copyOf(texts).size() != texts.size()) {
      problem(entry, field, "must be a list of different texts");
      return List.of();
    }
    return texts;
  }

  private void refuseUnknownFields(String entry, JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      problem(entry, "", "must be an object");
      return;
    }
    json.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                problem(
                    entry,
                    field,
                    "there is no such field; known are " + String.join(", ", new TreeSet<>(known)));
              }
            });
  }

  private void problem(String entry, String field, String message) {
    problems.add(field.isEmpty() ? entry + " " + message : entry + ", " + field + ": " + message);
  }
}
