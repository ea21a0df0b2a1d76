package io.plotpalette.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awscdk.App;

/** What a stage is synthesized to, made once for all tests. */
final class SynthesizedStage {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, SynthesizedStage> STAGES = new ConcurrentHashMap<>();
  private static final String TEMPLATE = ".template.json";

  private final Path assembly;
  private final List<Resource> resources;

  /**
   * One resource of a template.
   *
   * @param stack without the stage, for example {@code storage}
   */
  record Resource(String stack, String id, String type, JsonNode node) {
    JsonNode properties() {
      return node.path("Properties");
    }

    /** The path in the tree of constructs. */
    String path() {
      return node.path("Metadata").path("aws:cdk:path").asText();
    }

    @Override
    public String toString() {
      return stack + "/" + id + " (" + type + ")";
    }
  }

  private SynthesizedStage(Path assembly, String stage) {
    this.assembly = assembly;
    this.resources = files(TEMPLATE).stream().flatMap(file -> resources(file, stage)).toList();
  }

  static SynthesizedStage of(String stage) {
    return STAGES.computeIfAbsent(
        stage, name -> synthesize(name, Map.of("stage", name), Path.of(name)));
  }

  /** The stage dev with one more switch of the context. */
  static SynthesizedStage devWith(String key, String value) {
    return STAGES.computeIfAbsent(
        "dev with " + key,
        name -> synthesize("dev", Map.of("stage", "dev", key, value), Path.of("dev-" + key)));
  }

  static Stream<SynthesizedStage> all() {
    return Stage.NAMES.stream().map(SynthesizedStage::of);
  }

  private static SynthesizedStage synthesize(
      String name, Map<String, String> context, Path subfolder) {
    Path folder = Path.of("target", "synthesized").resolve(subfolder);
    App app = InfraApp.create(Optional.of(folder));
    InfraApp.compose(app, Stage.read(context::get), Artifacts.below(Path.of("")));
    app.synth();
    return new SynthesizedStage(folder, name);
  }

  List<Resource> resources() {
    return resources;
  }

  List<Resource> resources(String type) {
    return resources.stream().filter(resource -> resource.type().equals(type)).toList();
  }

  /** Names without the stage. */
  Set<String> stacks() {
    return resources.stream().map(Resource::stack).collect(Collectors.toUnmodifiableSet());
  }

  /** A file at the top of the assembly. */
  JsonNode file(String name) {
    return read(assembly.resolve(name));
  }

  /** Errors and warnings constructs and checks have left, as text. */
  List<String> findings() {
    return files(".metadata.json").stream()
        .flatMap(
            file ->
                read(file).properties().stream()
                    .flatMap(entry -> findings(entry.getKey(), entry.getValue())))
        .toList();
  }

  private static Stream<String> findings(String path, JsonNode metadata) {
    return metadata
        .valueStream()
        .filter(
            each -> Set.of("aws:cdk:error", "aws:cdk:warning").contains(each.path("type").asText()))
        .map(each -> path + ": " + each.path("data").asText());
  }

  private List<Path> files(String suffix) {
    try (Stream<Path> files = Files.list(assembly)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Resource> resources(Path template, String stage) {
    String file = Objects.toString(template.getFileName());
    String prefix = "plot-palette-" + stage + "-";
    String stack = file.substring(prefix.length(), file.length() - TEMPLATE.length());
    return read(template).path("Resources").properties().stream()
        .map(
            entry ->
                new Resource(
                    stack,
                    entry.getKey(),
                    entry.getValue().path("Type").asText(),
                    entry.getValue()));
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return Objects.toString(assembly.getFileName());
  }
}
