using System.Reflection;
using System.Runtime.CompilerServices;

namespace TorchSharp.Tests;

/// <summary>
/// Code above this library must compile against the genuine package too: every public member here must be one of its
/// documented members, by type, name, parameter types and parameter names. The list holds those facts, taken from
/// dotnet/TorchSharp, one line a member; nullability and default values are left out.
/// </summary>
public sealed class CompatibilityTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>Ours end where the package goes on with optional parameters, so calls compile; or they come from object.</summary>
    private static readonly HashSet<string> CallsStillCompile =
    [
        "TensorExtensionMethods.str(Tensor tensor, string fltFormat)",
        "torch.Tensor.ToString(TensorStringStyle style, string fltFormat)",
        "torch.Tensor.amax(long[] dims, bool keepdim)",
        "torch.Tensor.amin(long[] dims, bool keepdim)",
        "torch.amax(Tensor input, long[] dims, bool keepdim)",
        "torch.amin(Tensor input, long[] dims, bool keepdim)",
    ];

    [Fact]
    public void EveryPublicMember_IsOneOfTheGenuinePackage()
    {
        using var stream = typeof(CompatibilityTests).Assembly.GetManifestResourceStream("documented-members.txt")!;
        var documented = new StreamReader(stream).ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var types = typeof(torch).Assembly.GetExportedTypes();
        var unknown = new List<string>();
        var seen = 0;
        foreach (var type in types.Where(type => !typeof(Delegate).IsAssignableFrom(type)))
        {
            // A member may be declared on a base class there and on a derived one here, or the other way round.
            var homes = types.Where(other => SameFamily(type, other)).Select(Path).Append(Path(type)).ToHashSet();
            foreach (var suffix in Members(type))
            {
                seen++;
                if (!homes.Any(home => documented.Contains($"{home}.{suffix}")) && !CallsStillCompile.Contains($"{Path(type)}.{suffix}"))
                    unknown.Add($"{Path(type)}.{suffix}");
            }
        }
        Assert.True(seen > 1000);
        Assert.True(unknown.Count == 0, $"{unknown.Count} members are not in the genuine package:\n{string.Join('\n', unknown)}");
    }

    private static bool SameFamily(Type type, Type other) =>
        Inherits(other, type) || Inherits(type, other) || (type.DeclaringType is { } outer && other.DeclaringType is { } there && type.Name == other.Name && SameFamily(outer, there));

    private static bool Inherits(Type derived, Type ancestor)
    {
        for (var current = derived.BaseType; current is not null; current = current.BaseType)
        {
            if ((current.IsGenericType ? current.GetGenericTypeDefinition() : current) == ancestor)
                return true;
        }
        return false;
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return type.GetEnumNames();
        return type.GetMembers(Declared).Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute), false)).Select(Describe).OfType<string>();
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        FieldInfo field => field.Name,
        PropertyInfo property when property.GetIndexParameters() is { Length: > 0 } indices => $"this[{Parameters(indices)}]",
        PropertyInfo property => property.Name,
        ConstructorInfo constructor when constructor.GetParameters().Length == 0 => null, // mostly not written down in C#
        ConstructorInfo constructor => $"ctor({Parameters(constructor.GetParameters())})",
        MethodInfo { Name: "ToString" or "Equals" or "GetHashCode" } method when method.GetBaseDefinition().DeclaringType == typeof(object) => null,
        MethodInfo { IsSpecialName: true } method => Operator(method),
        MethodInfo method => $"{method.Name}({Parameters(method.GetParameters())})",
        _ => null, // nested types are types of their own
    };

    private static string? Operator(MethodInfo method)
    {
        var types = string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
        return method.Name switch
        {
            "op_Implicit" => $"implicit({types}) {Name(method.ReturnType)}",
            "op_Explicit" => $"explicit({types}) {Name(method.ReturnType)}",
            "op_Addition" => $"op+({types})",
            "op_Subtraction" or "op_UnaryNegation" => $"op-({types})",
            "op_Multiply" => $"op*({types})",
            "op_Division" => $"op/({types})",
            "op_Modulus" => $"op%({types})",
            "op_BitwiseAnd" => $"op&({types})",
            "op_BitwiseOr" => $"op|({types})",
            "op_ExclusiveOr" => $"op^({types})",
            "op_OnesComplement" => $"op~({types})",
            "op_Equality" => $"op==({types})",
            "op_Inequality" => $"op!=({types})",
            "op_LessThan" => $"op<({types})",
            "op_LessThanOrEqual" => $"op<=({types})",
            "op_GreaterThan" => $"op>({types})",
            "op_GreaterThanOrEqual" => $"op>=({types})",
            _ => null, // accessors of properties
        };
    }

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}"));

    private static string Path(Type type)
    {
        var outer = type.DeclaringType is { } declaring ? Path(declaring) : type.Namespace!["TorchSharp".Length..].TrimStart('.');
        // Adam and AdamW share a base class here, which holds the nested types that each of them has there.
        var name = type == typeof(Modules.AdamBase) ? "Adam" : type.Name;
        return outer.Length == 0 ? name : $"{outer}.{name}";
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner);
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsGenericType)
        {
            var arguments = string.Join(",", type.GetGenericArguments().Select(Name));
            return type.Namespace == "System" && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal) ? $"({arguments})" : $"{type.Name[..type.Name.IndexOf('`')]}<{arguments}>";
        }
        return Keywords.GetValueOrDefault(type, type.Name);
    }

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort",
        [typeof(int)] = "int", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(string)] = "string", [typeof(object)] = "object", [typeof(nint)] = "nint",
    };
}
