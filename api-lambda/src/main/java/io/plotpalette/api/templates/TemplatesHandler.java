package io.plotpalette.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.IfMatch;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.NewIds;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.api.http.Violation;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.table.TemplateAttribute;
import io.plotpalette.model.template.CompiledTemplate;
import io.plotpalette.model.template.InvalidTemplateException;
import io.plotpalette.model.template.ModelChoices;
import io.plotpalette.model.template.Template;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.crac.Core;

/** Serves the operations tagged {@code templates}. */
public final class TemplatesHandler extends ApiHandler {
  /** An item of a table has 400 KB at most; what is beside the definition stays far below 50. */
  private static final int MAX_DEFINITION_BYTES = 350 * 1024;

  private final Router router;
  private final TemplateStore store;
  private final ModelCatalogue catalogue;
  private final String region;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** For Lambda: configured by the environment. */
  public TemplatesHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private TemplatesHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        InstantSource.system(),
        TaskIds.timeOrdered(),
        RequestLog.of("templates", System::getenv, throttles::drain));
  }

  /**
   * @param ids new template ids: UUIDv7 in lower case
   */
  public TemplatesHandler(
      ApiConfig config, ApiClients clients, InstantSource clock, Supplier<String> ids) {
    this(config, clients, clock, ids, RequestLog.of("templates", System::getenv, () -> 0));
  }

  private TemplatesHandler(
      ApiConfig config,
      ApiClients clients,
      InstantSource clock,
      Supplier<String> ids,
      RequestLog log) {
    super(PrimingRequest.get("/v1/templates"));
    this.store = new TemplateStore(clients.dynamoDb(), config.datasets().templatesTable());
    this.catalogue = ModelCatalogue.builtIn();
    this.region = config.datasets().region();
    this.clock = clock;
    this.ids = ids;
    this.router =
        Router.of(
                ApiContract.packaged(),
                "templates",
                Map.of(
                    "createTemplate", this::create,
                    "listTemplates", this::list,
                    "getTemplate", this::get,
                    "replaceTemplate", this::replace,
                    "listTemplateVersions", this::versions,
                    "getTemplateVersion", this::getVersion))
            .with(new Idempotency(clients.dynamoDb(), config.idempotencyTable(), clock, ids))
            .with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse create(ApiRequest request) {
    TemplateDefinition definition = definition(request.body());
    NewIds newIds = request.ids(ids);
    Template template = version(newIds.next().get(), 1, request.userId(), definition);
    if (store.add(template)) {
      return created(template);
    }
    // An earlier run of this request wrote it; nobody else's can have the id.
    return created(owned(store.version(template.templateId(), 1), request));
  }

  private ApiResponse created(Template template) {
    return answer(201, template).withHeader("Location", "/v1/templates/" + template.templateId());
  }

  private ApiResponse replace(ApiRequest request) {
    TemplateDefinition definition = definition(request.body());
    IfMatch ifMatch = request.ifMatch();
    Template current = owned(store.newest(templateId(request)), request);
    if (!ifMatch.matches(current.version())) {
      throw ProblemException.versionMismatch(current.version());
    }
    Template next =
        version(current.templateId(), current.version() + 1, request.userId(), definition);
    if (!store.addVersion(current, next)) {
      throw ProblemException.versionMismatch(
          owned(store.newest(templateId(request)), request).version());
    }
    return answer(200, next);
  }

  private ApiResponse get(ApiRequest request) {
    Template template = owned(store.newest(templateId(request)), request);
    return request.hasVersion(template.version())
        ? ApiResponse.notModified().withHeader("ETag", ETag.of(template.version()))
        : answer(200, template);
  }

  private ApiResponse getVersion(ApiRequest request) {
    int version = Integer.parseInt(request.pathParameter("version"));
    return answer(200, owned(store.version(templateId(request), version), request));
  }

  private ApiResponse versions(ApiRequest request) {
    List<Template> versions =
        store.versions(templateId(request), request.query("limit").orElseThrow().intValue());
    owned(versions.stream().findFirst(), request);
    return ApiResponse.json(200, items(versions));
  }

  private ApiResponse list(ApiRequest request) {
    Map<String, String> startAfter =
        request
            .queryText("cursor")
            .map(cursor -> Cursor.decode(cursor, TemplateStore.LIST_KEY))
            .orElse(Map.of());
    TemplateStore.Page page =
        store.list(request.userId(), request.query("limit").orElseThrow().intValue(), startAfter);
    ObjectNode body = items(page.templates());
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", Cursor.encode(page.nextKey()));
    }
    return ApiResponse.json(200, body);
  }

  /** The definition with its prompts checked and its models known. */
  private TemplateDefinition definition(JsonNode body) {
    try {
      TemplateDefinition definition = TemplateJson.read(body);
      ModelChoices.of(definition, catalogue, region);
      int bytes = TemplateJson.write(definition).toString().getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_DEFINITION_BYTES) {
        throw ProblemException.invalidBody(
            List.of(
                Violation.inBody(
                    "/steps",
                    "with all else must not be longer than %d bytes, not %d"
                        .formatted(MAX_DEFINITION_BYTES, bytes))));
      }
      return definition;
    } catch (InvalidTemplateException e) {
      throw ProblemException.invalidBody(
          e.problems().stream()
              .map(problem -> Violation.inBody(problem.pointer(), problem.message()))
              .toList());
    }
  }

  private Template version(
      String templateId, int version, String userId, TemplateDefinition definition) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<String> required = CompiledTemplate.of(definition).requiredFields();
    return new Template(templateId, version, userId, definition, required, now);
  }

  /** What is somebody else's answers as if it did not exist. */
  private static Template owned(Optional<Template> found, ApiRequest request) {
    return found
        .filter(template -> template.userId().equals(request.userId()))
        .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
  }

  private static String templateId(ApiRequest request) {
    return request.pathParameter(TemplateAttribute.TEMPLATE_ID);
  }

  private static ObjectNode items(List<Template> templates) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    for (Template template : templates) {
      ObjectNode item = items.addObject();
      item.put(TemplateAttribute.TEMPLATE_ID, template.templateId());
      item.put("version", template.version());
      item.put("name", template.definition().name());
      item.put("description", template.definition().description());
      putFields(item, template.requiredFields());
      item.put("created_at", IsoMillis.format(template.createdAt()));
    }
    return body;
  }

  private ApiResponse answer(int status, Template template) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put(TemplateAttribute.TEMPLATE_ID, template.templateId());
    body.put("version", template.version());
    body.setAll(TemplateJson.write(template.definition()));
    putFields(body, template.requiredFields());
    putModels(body, template.definition());
    body.put("created_at", IsoMillis.format(template.createdAt()));
    return ApiResponse.json(status, body).withHeader("ETag", ETag.of(template.version()));
  }

  /** A model that has left the catalogue since is left out: no job can be made with it any more. */
  private void putModels(ObjectNode json, TemplateDefinition definition) {
    ArrayNode usage = json.putArray("model_usage");
    List<CatalogueModel> models;
    try {
      models = ModelChoices.of(definition, catalogue, region);
    } catch (InvalidTemplateException e) {
      return;
    }
    for (int i = 0; i < models.size(); i++) {
      CatalogueModel model = models.get(i);
      ObjectNode step = usage.addObject();
      step.put("step", definition.steps().get(i).id());
      step.put("model", model.id());
      step.put("model_tier", model.tier().wireName());
      step.put("max_tokens", definition.steps().get(i).maxTokens());
    }
  }

  private static void putFields(ObjectNode json, List<String> required) {
    ArrayNode fields = json.putArray("required_fields");
    required.forEach(fields::add);
  }
}
