package io.hexbeat.api.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.impl.RequestParameterImpl;
import io.vertx.openapi.validation.impl.ValidatableRequestImpl;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request apart for the validator. Needed because the library's own way decodes a query
 * twice and takes a text such as {@code 1.5} for a number, which an id may be. Runs on the
 * request's event loop.
 */
final class ContractRequest {
  private ContractRequest() {}

  static Future<ValidatableRequest> extract(RoutingContext context, Operation operation) {
    Map<String, RequestParameter> path = new HashMap<>();
    Map<String, RequestParameter> query = new HashMap<>();
    for (Parameter parameter : operation.getParameters()) {
      switch (parameter.getIn()) {
        case PATH ->
            path.put(parameter.getName(), value(parameter, context.pathParam(parameter.getName())));
        case QUERY -> {
          List<String> given = context.queryParam(parameter.getName());
          if (given.size() > 1) {
            return Future.failedFuture(
                Problem.invalid("/query/" + parameter.getName(), "it is there more than once"));
          }
          query.put(parameter.getName(), value(parameter, given.isEmpty() ? null : given.get(0)));
        }
        default ->
            throw new IllegalStateException(
                "parameters of " + operation.getOperationId() + " are in path or query");
      }
    }
    if (operation.getRequestBody() == null) {
      return Future.succeededFuture(new ValidatableRequestImpl(Map.of(), Map.of(), path, query));
    }
    Buffer body = context.body().buffer();
    return Future.succeededFuture(
        new ValidatableRequestImpl(
            Map.of(),
            Map.of(),
            path,
            query,
            new RequestParameterImpl(body == null || body.length() == 0 ? null : body),
            Contract.validatedMediaType()));
  }

  private static RequestParameter value(Parameter parameter, @Nullable String given) {
    if (given == null) {
      return new RequestParameterImpl(null);
    }
    return new RequestParameterImpl(
        parameter.getSchemaType() == SchemaType.STRING ? Json.encode(given) : given);
  }
}
