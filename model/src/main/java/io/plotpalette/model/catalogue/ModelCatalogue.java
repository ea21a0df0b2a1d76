package io.plotpalette.model.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The models a job may use, read from a dated file. Immutable. */
public final class ModelCatalogue {
  private static final String BUILT_IN = "models.json";
  private static final int CLOSE_NAMES = 3;

  private final LocalDate pricesAsOf;
  private final String source;
  private final List<CatalogueModel> models;
  private final Map<String, CatalogueModel> byName = new LinkedHashMap<>();

  ModelCatalogue(LocalDate pricesAsOf, String source, List<CatalogueModel> models) {
    this.pricesAsOf = pricesAsOf;
    this.source = source;
    this.models = List.copyOf(models);
    for (CatalogueModel model : models) {
      byName.put(model.id(), model);
      model.aliases().forEach(alias -> byName.put(alias, model));
    }
  }

  /** The catalogue that comes with the product. */
  public static ModelCatalogue builtIn() {
    try (InputStream file = ModelCatalogue.class.getResourceAsStream(BUILT_IN)) {
      return CatalogueJson.read(BUILT_IN, file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A catalogue of the operator's own, in place of the built-in one.
   *
   * @throws InvalidCatalogueException naming entry and field
   */
  public static ModelCatalogue ofFile(Path file) throws IOException {
    return CatalogueJson.read(file.toString(), Files.readAllBytes(file));
  }

  /** The day the prices were written down. */
  public LocalDate pricesAsOf() {
    return pricesAsOf;
  }

  /** Where the prices are from and how far to trust them. */
  public String source() {
    return source;
  }

  /** In the order of the file; the first of a tier is preferred. */
  public List<CatalogueModel> models() {
    return models;
  }

  /**
   * The model with this id or alias.
   *
   * @throws UnknownModelException listing the names that come close
   */
  public CatalogueModel named(String name) {
    CatalogueModel model = byName.get(name);
    if (model == null) {
      throw new UnknownModelException(
          "there is no model '%s'; close are %s".formatted(name, String.join(", ", closeTo(name))));
    }
    return model;
  }

  /**
   * The model with this id or alias, if it can be called in the region.
   *
   * @throws UnknownModelException listing what could be used instead
   */
  public CatalogueModel named(String name, String region) {
    CatalogueModel model = named(name);
    if (!model.regions().contains(region)) {
      throw new UnknownModelException(
          "the model '%s' cannot be called in %s, but in %s"
              .formatted(name, region, String.join(", ", new TreeSet<>(model.regions()))));
    }
    return model;
  }

  /**
   * The first model of the tier in the file that can be called in the region.
   *
   * @throws UnknownModelException when there is none
   */
  public CatalogueModel ofTier(ModelTier tier, String region) {
    return models.stream()
        .filter(model -> model.tier() == tier && model.regions().contains(region))
        .findFirst()
        .orElseThrow(
            () ->
                new UnknownModelException(
                    "no model of the tier %s can be called in %s; regions with models are %s"
                        .formatted(tier.wireName(), region, String.join(", ", regions()))));
  }

  private Set<String> regions() {
    Set<String> regions = new TreeSet<>();
    models.forEach(model -> regions.addAll(model.regions()));
    return regions;
  }

  private List<String> closeTo(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return byName.keySet().stream()
        .sorted(
            Comparator.comparingInt((String known) -> distance(wanted, known))
                .thenComparing(Comparator.naturalOrder()))
        .limit(CLOSE_NAMES)
        .toList();
  }

  /** How many letters must be added, taken away or changed; less when one begins the other. */
  private static int distance(String a, String b) {
    if (a.length() > 200) {
      return Integer.MAX_VALUE;
    }
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return b.contains(a) || a.contains(b) ? previous[b.length()] / 4 : previous[b.length()];
  }
}
